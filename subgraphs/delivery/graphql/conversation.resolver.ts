// The door to conversations: lists and entries of them, and the mutation that closes one.
import { Arg, Ctx, FieldResolver, ID, Int, Mutation, Query, Resolver, Root } from 'type-graphql';
import { assert } from '../../../platform/assert.ts';
import { pageOf, readPage } from '../../../platform/page.ts';
import { requireScope } from '../../../platform/principal.ts';
import { publicId, uuidOf } from '../../../schema/ids.ts';
import { closeConversation } from '../close-conversation.ts';
import type { DeliveryContext } from '../context.ts';
import {
  findConversationPage,
  type FoundConversation,
  type Place,
} from '../store/find-conversations.ts';
import type { FoundEntry } from '../store/find-entries.ts';
import {
  CloseConversationInput,
  CloseConversationPayload,
  Conversation,
  ConversationConnection,
  ConversationEntry,
  ConversationEntryConnection,
  ConversationFilter,
} from './conversation.type.ts';
import { Message, Recipient } from './stubs.ts';

const SCOPE = 'conversations:read';

/** For the gateway: the conversation behind a key, null for what the caller's tenant does not have. */
export function resolveConversation(
  reference: Readonly<Record<string, unknown>>,
  context: DeliveryContext,
): Promise<Conversation | null> {
  requireScope(context.principal, SCOPE);
  return find(context, String(reference['id']));
}

async function find({ loaders }: DeliveryContext, id: string): Promise<Conversation | null> {
  const uuid = uuidOf('conversation', id);
  const found = uuid === null ? null : await loaders.conversation.load(uuid);
  return found && toConversation(found);
}

@Resolver(() => Conversation)
export class ConversationResolver {
  @Query(() => Conversation, {
    nullable: true,
    description: 'A conversation; null when there is none.',
  })
  conversation(
    @Arg('id', () => ID, { description: 'The opaque id, `cnv_...`.' }) id: string,
    @Ctx() context: DeliveryContext,
  ): Promise<Conversation | null> {
    requireScope(context.principal, SCOPE);
    return find(context, id);
  }

  @Query(() => ConversationConnection, {
    description:
      'Conversations, in the order in which they came into their state: who waits longest comes first.',
  })
  async conversations(
    @Arg('filter', () => ConversationFilter, { nullable: true, description: 'Which ones.' })
    filter: ConversationFilter | null,
    @Arg('first', () => Int, { nullable: true, description: 'From 1 to 100; 50 when missing.' })
    first: number | null,
    @Arg('after', () => String, { nullable: true, description: 'The cursor of the item before.' })
    after: string | null,
    @Ctx() { principal, database }: DeliveryContext,
  ): Promise<ConversationConnection> {
    requireScope(principal, SCOPE);
    const page = readPage(first, after, isPlace);
    const found = await database.read(principal.tenantId, (tx) =>
      findConversationPage(tx, principal.tenantId, {
        state: filter?.state ?? null,
        channel: filter?.channel ?? null,
        after: readPlace(page.after),
        limit: page.first,
      }),
    );
    const { edges, pageInfo } = pageOf(found, page, ({ since, id }) => placeOf(since, id));
    return {
      pageInfo,
      edges: edges.map(({ node, cursor }) => ({ cursor, node: toConversation(node) })),
    };
  }

  @Mutation(() => CloseConversationPayload, {
    description:
      'Closes a conversation. The person’s next word opens it anew. One that is closed stays as it is.',
  })
  async closeConversation(
    @Arg('input', () => CloseConversationInput, { description: 'Which one.' })
    { conversationId }: CloseConversationInput,
    @Ctx() context: DeliveryContext,
  ): Promise<CloseConversationPayload> {
    requireScope(context.principal, 'conversations:write');
    const { tenantId, subject: actor } = context.principal;
    const outcome = await closeConversation(context, { tenantId, conversationId, actor });
    if ('error' in outcome) return { conversation: null, errors: [outcome.error] };
    const closed = await context.loaders.conversation
      .clear(outcome.conversationId)
      .load(outcome.conversationId);
    return { conversation: closed && toConversation(closed), errors: [] };
  }

  @FieldResolver(() => ConversationEntryConnection, {
    description: 'What was said and done, in its order.',
  })
  async entries(
    @Root() conversation: Conversation,
    @Arg('first', () => Int, { nullable: true, description: 'From 1 to 100; 50 when missing.' })
    first: number | null,
    @Arg('after', () => String, { nullable: true, description: 'The cursor of the item before.' })
    after: string | null,
    @Ctx() { principal, loaders }: DeliveryContext,
  ): Promise<ConversationEntryConnection> {
    requireScope(principal, SCOPE);
    const conversationId = uuidOf('conversation', conversation.id);
    assert(conversationId !== null, 'a conversation has an id of its kind');
    const page = readPage(first, after, isPlace);
    const found = await loaders
      .entries({ after: readPlace(page.after), limit: page.first })
      .load(conversationId);
    const { edges, pageInfo } = pageOf(found, page, ({ occurredAt, id }) =>
      placeOf(occurredAt, id),
    );
    return { pageInfo, edges: edges.map(({ node, cursor }) => ({ cursor, node: toEntry(node) })) };
  }
}

@Resolver(() => Recipient)
export class RecipientConversationsResolver {
  @FieldResolver(() => [Conversation], {
    description: 'What is said with the person, one for each channel at the most.',
  })
  async conversations(
    @Root() { id }: Recipient,
    @Ctx() { principal, loaders }: DeliveryContext,
  ): Promise<Conversation[]> {
    requireScope(principal, SCOPE);
    const uuid = uuidOf('recipient', id);
    const found = uuid === null ? [] : await loaders.conversationsWith.load(uuid);
    return found.map(toConversation);
  }
}

@Resolver(() => Message)
export class MessageRepliesResolver {
  @FieldResolver(() => [ConversationEntry], {
    description: 'What the person tapped on it or wrote after it, oldest first; at most 200.',
  })
  async replies(
    @Root() { id }: Message,
    @Ctx() { principal, loaders }: DeliveryContext,
  ): Promise<ConversationEntry[]> {
    requireScope(principal, SCOPE);
    const uuid = uuidOf('message', id);
    const found = uuid === null ? [] : await loaders.replies.load(uuid);
    return found.map(toEntry);
  }
}

export function toConversation(found: FoundConversation): Conversation {
  return {
    id: publicId('conversation', found.id),
    recipient: { id: publicId('recipient', found.recipientId) },
    channel: found.channel,
    state: found.state,
    since: new Date(found.since),
  };
}

export function toEntry(found: FoundEntry): ConversationEntry {
  const { messageId } = found;
  return {
    id: publicId('conversationEntry', found.id),
    kind: found.kind,
    message: messageId === null ? null : { id: publicId('message', messageId) },
    actionId: found.actionId,
    actor: found.actor,
    occurredAt: new Date(found.occurredAt),
    conversationId: found.conversationId,
  };
}

const PLACE = /^(\d{1,15}) ([0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12})$/;
const isPlace = (text: string): boolean => PLACE.test(text);
const placeOf = (at: number, id: string): string => `${at} ${id}`;

function readPlace(text: string | null): Place | null {
  const [, at, id] = PLACE.exec(text ?? '') ?? [];
  return at === undefined || id === undefined ? null : { at: Number(at), id };
}
