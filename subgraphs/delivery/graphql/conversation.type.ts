// Conversations as clients see them: whose turn it is, and what was said.
import { createUnionType, Directive, Field, ID, InputType, ObjectType } from 'type-graphql';
import { PageInfo } from '../../../schema/page-info.ts';
import { NotFound } from '../../../schema/user-errors.ts';
import { StreamGap } from '../../../schema/stream-gap.ts';
import {
  ConversationEntryKind,
  ConversationState,
} from '../../../schema/vocabulary-conversations.ts';
import { Channel } from '../../../schema/vocabulary.ts';
import { Message, Recipient } from './stubs.ts';

@Directive('@key(fields: "id")')
@ObjectType({ description: 'What is said with a person on a channel. There is one for each.' })
export class Conversation {
  @Field(() => ID, { description: 'The opaque id, `cnv_...`.' })
  readonly id!: string;

  @Field(() => Recipient, { description: 'With whom.' })
  readonly recipient!: Recipient;

  @Field(() => Channel, { description: 'Where.' })
  readonly channel!: Channel;

  @Field(() => ConversationState, { description: 'Whose turn it is.' })
  readonly state!: ConversationState;

  @Field(() => Date, {
    description:
      'Since when; for AWAITING_AGENT since when the person waits, however often they wrote again.',
  })
  readonly since!: Date;
}

@ObjectType({
  description: 'What a person wrote or tapped, what was answered, and what closed it.',
})
export class ConversationEntry {
  @Field(() => ID, { description: 'The opaque id, `cve_...`.' })
  readonly id!: string;

  @Field(() => ConversationEntryKind, { description: 'What it is.' })
  readonly kind!: ConversationEntryKind;

  @Field(() => Message, {
    nullable: true,
    description:
      'Of a TAP, the message with the card. Of a TEXT, the last one that the person had got on the channel; null where there was none of late. Of a MESSAGE, itself.',
  })
  readonly message!: Message | null;

  @Field(() => String, {
    nullable: true,
    description: 'Of a TAP: the id of the template’s action.',
  })
  readonly actionId!: string | null;

  @Field(() => String, {
    nullable: true,
    description:
      'Who closed it: the subject of the token; null where the person was erased or merged.',
  })
  readonly actor!: string | null;

  @Field(() => Date, { description: 'When, by the clock of who reported it.' })
  readonly occurredAt!: Date;

  /** UUID; not shown. */
  readonly conversationId!: string;
}

@ObjectType({ description: 'An entry in a list.' })
export class ConversationEntryEdge {
  @Field(() => ConversationEntry, { description: 'The entry.' })
  readonly node!: ConversationEntry;

  @Field({ description: 'Pass it as `after`.' })
  readonly cursor!: string;
}

@ObjectType({ description: 'A page of entries, as they were said.' })
export class ConversationEntryConnection {
  @Field(() => [ConversationEntryEdge], { description: 'The entries with their cursors.' })
  readonly edges!: readonly ConversationEntryEdge[];

  @Field(() => PageInfo, { description: 'Whether there is more.' })
  readonly pageInfo!: PageInfo;
}

@InputType({ description: 'Which conversations; all that is given must hold.' })
export class ConversationFilter {
  @Field(() => ConversationState, { nullable: true, description: 'Those in this state.' })
  readonly state?: ConversationState | null;

  @Field(() => Channel, { nullable: true, description: 'Those on this channel.' })
  readonly channel?: Channel | null;
}

@ObjectType({ description: 'A conversation in a list.' })
export class ConversationEdge {
  @Field(() => Conversation, { description: 'The conversation.' })
  readonly node!: Conversation;

  @Field({ description: 'Pass it as `after`.' })
  readonly cursor!: string;
}

@ObjectType({ description: 'A page of conversations; who waits longest comes first.' })
export class ConversationConnection {
  @Field(() => [ConversationEdge], { description: 'The conversations with their cursors.' })
  readonly edges!: readonly ConversationEdge[];

  @Field(() => PageInfo, { description: 'Whether there is more.' })
  readonly pageInfo!: PageInfo;
}

@InputType({ description: 'A conversation that is over.' })
export class CloseConversationInput {
  @Field(() => ID, { description: 'The conversation, `cnv_...`.' })
  readonly conversationId!: string;
}

export const CloseConversationError = createUnionType({
  name: 'CloseConversationError',
  description: 'Why nothing was closed.',
  types: () => [NotFound] as const,
});

@ObjectType({ description: 'What came of closing a conversation.' })
export class CloseConversationPayload {
  @Field(() => Conversation, {
    nullable: true,
    description: 'The conversation as it stands; null when refused.',
  })
  readonly conversation!: Conversation | null;

  @Field(() => [CloseConversationError], {
    description: 'Why it was refused; empty when it was not.',
  })
  readonly errors!: readonly NotFound[];
}

@InputType({ description: 'Which changes to stream. All given conditions must hold.' })
export class ConversationChangeFilter {
  @Field(() => [ID], { nullable: true, description: 'With these recipients; at most 1,000.' })
  readonly recipientIds?: string[] | null;

  @Field(() => [Channel], { nullable: true, description: 'On these channels.' })
  readonly channels?: Channel[] | null;

  @Field(() => [ConversationState], {
    nullable: true,
    description: 'Those that leave the conversation in one of these states.',
  })
  readonly states?: ConversationState[] | null;
}

@ObjectType({ description: 'An entry that was added to a conversation.' })
export class ConversationChange {
  @Field(() => Conversation, { description: 'The conversation as it stands now.' })
  readonly conversation!: Conversation;

  @Field(() => ConversationState, { description: 'Where it stood after the entry.' })
  readonly state!: ConversationState;

  @Field(() => ConversationEntry, {
    nullable: true,
    description: 'The entry; null once its time was over.',
  })
  readonly entry!: ConversationEntry | null;

  @Field({ description: 'Its place in the stream: pass it as `after` to resume.' })
  readonly cursor!: string;
}

export const ConversationStreamItem = createUnionType({
  name: 'ConversationStreamItem',
  description: 'A change, or the news that some were missed. Ignore members you do not know.',
  types: () => [ConversationChange, StreamGap] as const,
  resolveType: (value) => ('resumeAfter' in value ? StreamGap : ConversationChange),
});
