// Doors to the messages.
import {
  Arg,
  Ctx,
  Field,
  FieldResolver,
  ID,
  Int,
  Mutation,
  ObjectType,
  Query,
  Resolver,
  Root,
  createUnionType,
} from 'type-graphql';
import { ApiError } from '../../../platform/errors.ts';
import { requireScope } from '../../../platform/principal.ts';
import { publicId, uuidOf } from '../../../schema/ids.ts';
import {
  IdempotencyKeyReused,
  InvalidInput,
  NotFound,
  WrongState,
} from '../../../schema/user-errors.ts';
import type { AcceptedMessage } from '../accept-message.ts';
import { cancelMessage } from '../cancel-message.ts';
import type { MessagesContext } from '../context.ts';
import { requestOf } from '../domain/request.ts';
import { refuse } from '../refusal.ts';
import type { AttemptRow } from '../store/attempt.table.ts';
import { consentIdOf } from './decision.type.ts';
import {
  ConsentRefused,
  errorsOf,
  NoRoute,
  TemplateNotApproved,
  VariablesInvalid,
} from './errors.ts';
import { CancelMessageInput, SendMessageInput, SendMessagesInput } from './message.input.ts';
import { Attempt, Message } from './message.type.ts';
import { Recipient } from './recipient.stub.ts';
import { templateOf, type TemplateRoot } from './template.resolver.ts';
import { Template } from './template.type.ts';

const RECENT_MAX = 50;
const MESSAGES_MAX = 1_000;

const SendMessageError = createUnionType({
  name: 'SendMessageError',
  description: 'Why a message was not accepted. Nothing was written.',
  types: () =>
    [
      InvalidInput,
      NotFound,
      TemplateNotApproved,
      VariablesInvalid,
      IdempotencyKeyReused,
      ConsentRefused,
      NoRoute,
    ] as const,
  resolveType: (value) => value.constructor as never,
});

@ObjectType({ description: 'What came of a send.' })
export class SendMessagePayload {
  @Field(() => Message, { nullable: true, description: 'The accepted message; null when refused.' })
  readonly message!: AcceptedMessage | null;

  @Field({
    description: 'True when the idempotency key came before and this is the earlier message.',
  })
  readonly replayed!: boolean;

  @Field(() => [SendMessageError], { description: 'Why it was refused; empty when it was not.' })
  readonly errors!: (typeof SendMessageError)[];
}

@ObjectType({ description: 'What came of sending many.' })
export class SendMessagesPayload {
  @Field(() => [SendMessagePayload], {
    description: 'One a message, in their order; empty when the whole was refused.',
  })
  readonly results!: SendMessagePayload[];

  @Field(() => [InvalidInput], { description: 'Why the whole was refused; empty when it was not.' })
  readonly errors!: InvalidInput[];
}

const CancelMessageError = createUnionType({
  name: 'CancelMessageError',
  description: 'Why a message was not cancelled.',
  types: () => [NotFound, WrongState] as const,
  resolveType: (value) => value.constructor as never,
});

@ObjectType({ description: 'What came of cancelling a message.' })
export class CancelMessagePayload {
  @Field(() => Message, { nullable: true, description: 'The message; null when refused.' })
  readonly message!: AcceptedMessage | null;

  @Field({ description: 'True when it had been cancelled before.' })
  readonly replayed!: boolean;

  @Field(() => [CancelMessageError], { description: 'Why it was refused; empty when it was not.' })
  readonly errors!: (typeof CancelMessageError)[];
}

@Resolver(() => Message)
export class MessageResolver {
  @Query(() => Message, {
    nullable: true,
    description: 'A message; null when there is none with this id.',
  })
  async message(
    @Arg('id', () => ID, { description: 'The canonical message id.' }) id: string,
    @Ctx() context: MessagesContext,
  ): Promise<AcceptedMessage | null> {
    requireScope(context.principal, 'messages:read');
    const uuid = uuidOf('message', id);
    return uuid === null ? null : context.loaders.message.load(uuid);
  }

  @Mutation(() => SendMessagePayload, {
    description:
      'Decides how the message travels and makes it durable; sending follows. Answers at once with the canonical id and the decision.',
  })
  async sendMessage(
    @Arg('input', () => SendMessageInput, { description: 'The message.' }) input: SendMessageInput,
    @Ctx() context: MessagesContext,
  ): Promise<SendMessagePayload> {
    requireScope(context.principal, 'messages:send');
    return send(input, context);
  }

  @Mutation(() => SendMessagesPayload, {
    description:
      'Sends many messages; each is taken or refused by itself, and repeatable by its key.',
  })
  async sendMessages(
    @Arg('input', () => SendMessagesInput, { description: 'The messages.' })
    { messages }: SendMessagesInput,
    @Ctx() context: MessagesContext,
  ): Promise<SendMessagesPayload> {
    requireScope(context.principal, 'messages:send');
    if (messages.length === 0 || messages.length > MESSAGES_MAX) {
      const error = new InvalidInput(['messages'], `There are 1 to ${MESSAGES_MAX} messages.`);
      return { results: [], errors: [error] };
    }
    // Calls of one turn share their statements and commits.
    const results = await Promise.all(messages.map((message) => send(message, context)));
    return { results, errors: [] };
  }

  @Mutation(() => CancelMessagePayload, {
    description: 'Cancels a message whose next attempt has not begun. Nothing more is handed over.',
  })
  async cancelMessage(
    @Arg('input', () => CancelMessageInput, { description: 'Which message.' })
    input: CancelMessageInput,
    @Ctx() context: MessagesContext,
  ): Promise<CancelMessagePayload> {
    const { principal, templates, loaders } = context;
    requireScope(principal, 'messages:send');
    const messageId = uuidOf('message', input.messageId);
    const which = { tenantId: principal.tenantId, messageId };
    const result = await cancelMessage(context, templates, which);
    if (!result.ok || messageId === null) {
      const errors = result.ok ? [] : errorsOf(result.refusals);
      return { message: null, replayed: false, errors: errors as CancelMessagePayload['errors'] };
    }
    return { message: await loaders.message.load(messageId), ...result.value, errors: [] };
  }

  @FieldResolver(() => ID)
  id(@Root() row: AcceptedMessage): string {
    return publicId('message', row.id);
  }

  @FieldResolver(() => Recipient)
  recipient(@Root() row: AcceptedMessage): Recipient {
    return { id: publicId('recipient', row.recipientId) };
  }

  @FieldResolver(() => Template)
  async template(
    @Root() row: AcceptedMessage,
    @Ctx() context: MessagesContext,
  ): Promise<TemplateRoot> {
    const found = await context.loaders.template.load(row.templateId);
    if (found === null) throw new Error('a message keeps its template');
    return templateOf(found);
  }

  @FieldResolver(() => [Attempt])
  async attempts(
    @Root() row: AcceptedMessage,
    @Ctx() context: MessagesContext,
  ): Promise<AttemptRow[]> {
    return context.loaders.attempts.load(row.id);
  }
}

@Resolver(() => Attempt)
export class AttemptResolver {
  @FieldResolver(() => ID)
  id(@Root() row: AttemptRow): string {
    return publicId('attempt', row.id);
  }

  @FieldResolver(() => ID)
  consentId(@Root() row: AttemptRow): string | null {
    return consentIdOf(row.consentId ?? null);
  }
}

@Resolver(() => Recipient)
export class RecipientMessagesResolver {
  @FieldResolver(() => [Message], {
    description: 'The newest messages to this person, newest first.',
  })
  async recentMessages(
    @Root() recipient: Recipient,
    @Arg('first', () => Int, { defaultValue: 10, description: 'From 1 to 50.' }) first: number,
    @Ctx() context: MessagesContext,
  ): Promise<AcceptedMessage[]> {
    requireScope(context.principal, 'messages:read');
    if (first < 1 || first > RECENT_MAX) {
      throw new ApiError('BAD_USER_INPUT', `first must lie between 1 and ${RECENT_MAX}.`);
    }
    const uuid = uuidOf('recipient', recipient.id);
    return uuid === null ? [] : context.loaders.recent(first).load(uuid);
  }
}

async function send(
  input: SendMessageInput,
  context: MessagesContext,
): Promise<SendMessagePayload> {
  const checked = requestOf(input, uuidOf('recipient', input.recipientId), context.clock.now());
  const result =
    'findings' in checked
      ? refuse(checked.findings)
      : await context.acceptMessage({ ...checked.request, tenantId: context.principal.tenantId });
  if (result.ok) return { ...result.value, errors: [] };
  const errors = errorsOf(result.refusals) as (typeof SendMessageError)[];
  return { message: null, replayed: false, errors };
}
