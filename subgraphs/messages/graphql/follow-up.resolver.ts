// Doors to the follow-up list: what did not reach its person, dealt with or sent again.
import { Arg, Ctx, FieldResolver, ID, Int, Mutation, Query, Resolver, Root } from 'type-graphql';
import { pageOf, readPage } from '../../../platform/page.ts';
import { requireScope } from '../../../platform/principal.ts';
import { publicId, uuidOf } from '../../../schema/ids.ts';
import { mayBeKept } from '../../../schema/reason.ts';
import { InvalidInput, NotFound } from '../../../schema/user-errors.ts';
import type { FollowUpState } from '../../../schema/vocabulary-followup.ts';
import type { AcceptedMessage } from '../accept-message.ts';
import type { MessagesContext } from '../context.ts';
import { isIdempotencyKey, KEY_EXPECTED } from '../domain/request.ts';
import { resendMessage } from '../resend-message.ts';
import { resolveFollowUps } from '../resolve-follow-ups.ts';
import { findFollowUps, type FollowUpRow } from '../store/follow-ups.ts';
import { errorsOf } from './errors.ts';
import {
  FollowUp,
  FollowUpConnection,
  FollowUpFilterInput,
  ResendMessageInput,
  ResendMessagePayload,
  ResolveFollowUpsInput,
  ResolveFollowUpsPayload,
  type ResendMessageErrors,
} from './follow-up.type.ts';
import { Message } from './message.type.ts';

const UUID = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/;
const IDS_MAX = 1_000;
const NOTE_CHARACTERS_MAX = 500;

@Resolver(() => FollowUp)
export class FollowUpResolver {
  @Query(() => FollowUpConnection, {
    description: 'Messages that ended without having reached their person, newest first.',
  })
  async followUps(
    @Arg('filter', () => FollowUpFilterInput, { nullable: true, description: 'Which ones.' })
    filter: FollowUpFilterInput | null,
    @Arg('first', () => Int, { nullable: true, description: 'From 1 to 100; 50 when missing.' })
    first: number | null,
    @Arg('after', () => String, { nullable: true, description: 'The cursor of the item before.' })
    after: string | null,
    @Ctx() { principal: { tenantId }, principal, database }: MessagesContext,
  ): Promise<FollowUpConnection> {
    requireScope(principal, 'followups:read');
    const page = readPage(first, after, (text) => UUID.test(text));
    const { state = null, reason = null, template = null, since = null } = filter ?? {};
    const found = await database.read(tenantId, (tx) =>
      findFollowUps(tx, tenantId, {
        filter: { state, reason, template, since: since?.getTime() ?? null },
        before: page.after,
        limit: page.first,
      }),
    );
    return pageOf(found, page, ({ id }) => id);
  }

  @Mutation(() => ResolveFollowUpsPayload, {
    description: 'Takes items off the list that somebody has dealt with; who and when is kept.',
  })
  async resolveFollowUps(
    @Arg('input', () => ResolveFollowUpsInput, { description: 'Which ones, and how.' })
    { ids, note = null }: ResolveFollowUpsInput,
    @Ctx() context: MessagesContext,
  ): Promise<ResolveFollowUpsPayload> {
    const { tenantId, subject: by } = context.principal;
    requireScope(context.principal, 'followups:write');
    const errors: InvalidInput[] = [];
    if (ids.length === 0 || ids.length > IDS_MAX) {
      errors.push(new InvalidInput(['ids'], `There are 1 to ${IDS_MAX} ids.`));
    }
    if (note !== null && (note.length > NOTE_CHARACTERS_MAX || !mayBeKept(note))) {
      const sentence = `It has at most ${NOTE_CHARACTERS_MAX} characters, and holds no address.`;
      errors.push(new InvalidInput(['note'], sentence));
    }
    if (errors.length > 0) return { results: [], errors };
    const uuids = ids.map((id) => uuidOf('followUp', id));
    const known = uuids.filter((uuid) => uuid !== null);
    const resolved = await resolveFollowUps(context, { tenantId, ids: known, by, note });
    const results = uuids.map((uuid, index) => {
      const item = resolved.get(uuid ?? '');
      if (item !== undefined) return { ...item, errors: [] };
      const error = new NotFound(['ids', String(index)], 'There is no item with this id.');
      return { followUp: null, replayed: false, errors: [error] };
    });
    return { results, errors: [] };
  }

  @Mutation(() => ResendMessagePayload, {
    description:
      'Sends a message of the follow-up list again, as a new one: the same template version, values and reference, decided anew with what holds now. Resolves its item.',
  })
  async resendMessage(
    @Arg('input', () => ResendMessageInput, { description: 'Which message.' })
    { messageId, idempotencyKey }: ResendMessageInput,
    @Ctx() context: MessagesContext,
  ): Promise<ResendMessagePayload> {
    const { principal } = context;
    requireScope(principal, 'followups:write');
    requireScope(principal, 'messages:send');
    if (!isIdempotencyKey(idempotencyKey)) {
      const error = new InvalidInput(['idempotencyKey'], KEY_EXPECTED);
      return { message: null, replayed: false, errors: [error] };
    }
    const result = await resendMessage(context, {
      tenantId: principal.tenantId,
      messageId: uuidOf('message', messageId),
      idempotencyKey,
      by: principal.subject,
    });
    if (result.ok) return { ...result.value, errors: [] };
    const errors = errorsOf(result.refusals) as ResendMessageErrors;
    return { message: null, replayed: false, errors };
  }

  @FieldResolver(() => ID)
  id(@Root() row: FollowUpRow): string {
    return publicId('followUp', row.id);
  }

  @FieldResolver(() => Message)
  async message(
    @Root() row: FollowUpRow,
    @Ctx() { loaders }: MessagesContext,
  ): Promise<AcceptedMessage> {
    const message = await loaders.message.load(row.messageId);
    if (message === null) throw new Error('an item of the list keeps its message');
    return message;
  }

  @FieldResolver(() => String)
  state(@Root() { resolution }: FollowUpRow): FollowUpState {
    return resolution === null ? 'OPEN' : 'RESOLVED';
  }

  @FieldResolver(() => Date)
  openedAt(@Root() row: FollowUpRow): Date {
    return new Date(row.openedAt);
  }

  @FieldResolver(() => Date)
  resolvedAt(@Root() { resolvedAt }: FollowUpRow): Date | null {
    return resolvedAt === null ? null : new Date(resolvedAt);
  }
}

@Resolver(() => Message)
export class MessageFollowUpResolver {
  @FieldResolver(() => FollowUp, {
    nullable: true,
    description: 'Its place on the follow-up list; null where it never came onto it.',
  })
  async followUp(
    @Root() message: AcceptedMessage,
    @Ctx() { principal, loaders }: MessagesContext,
  ): Promise<FollowUpRow | null> {
    requireScope(principal, 'followups:read');
    return loaders.followUps.load(message.id);
  }

  @FieldResolver(() => Message, {
    nullable: true,
    description: 'The message that it was sent again as; null where it was not.',
  })
  async resentAs(
    @Root() message: AcceptedMessage,
    @Ctx() { loaders }: MessagesContext,
  ): Promise<AcceptedMessage | null> {
    const resentAs = (await loaders.followUps.load(message.id))?.resentAs ?? null;
    return resentAs === null ? null : loaders.message.load(resentAs);
  }

  @FieldResolver(() => Message, {
    nullable: true,
    description: 'The message that this one repeats; null where it is the first.',
  })
  async resendOf(
    @Root() message: AcceptedMessage,
    @Ctx() { loaders }: MessagesContext,
  ): Promise<AcceptedMessage | null> {
    const item = await loaders.resends.load(message.id);
    return item === null ? null : loaders.message.load(item.messageId);
  }
}
