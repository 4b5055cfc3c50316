// The follow-up list as clients see it: its items, their pages, and what came of dealing with them.
import { Field, ID, InputType, ObjectType, createUnionType } from 'type-graphql';
import { PageInfo } from '../../../schema/page-info.ts';
import { StreamGap } from '../../../schema/stream-gap.ts';
import {
  IdempotencyKeyReused,
  InvalidInput,
  NotFound,
  WrongState,
} from '../../../schema/user-errors.ts';
import {
  FollowUpReason,
  FollowUpResolution,
  FollowUpState,
} from '../../../schema/vocabulary-followup.ts';
import type * as words from '../../../schema/vocabulary-followup.ts';
import type { AcceptedMessage } from '../accept-message.ts';
import type { FollowUpRow } from '../store/follow-ups.ts';
import { ConsentRefused, NoRoute, TemplateNotApproved, VariablesInvalid } from './errors.ts';
import { Message } from './message.type.ts';

@ObjectType({
  description:
    'A message that ended without having reached its person. What was tried is in its attempts.',
})
export class FollowUp {
  @Field(() => ID, { description: 'Opaque id.' })
  readonly id!: string;

  @Field(() => Message, { description: 'The message.' })
  readonly message!: Message;

  @Field(() => FollowUpReason, { description: 'Why nothing more was tried.' })
  readonly reason!: words.FollowUpReason;

  @Field(() => FollowUpState, { description: 'Whether somebody still has to look.' })
  readonly state!: words.FollowUpState;

  @Field(() => Date, { description: 'When it came onto the list.' })
  readonly openedAt!: Date;

  @Field(() => FollowUpResolution, { nullable: true, description: 'Null while it is open.' })
  readonly resolution!: words.FollowUpResolution | null;

  @Field(() => Date, { nullable: true, description: 'When it was dealt with.' })
  readonly resolvedAt!: Date | null;

  @Field(() => String, {
    nullable: true,
    description: 'By whom: the subject of the token; null where it arrived by itself.',
  })
  readonly resolvedBy!: string | null;

  @Field(() => String, { nullable: true, description: 'What they wrote.' })
  readonly note!: string | null;
}

@ObjectType({ description: 'An item in a list.' })
export class FollowUpEdge {
  @Field(() => FollowUp, { description: 'The item.' })
  readonly node!: FollowUpRow;

  @Field({ description: 'Pass it as `after`.' })
  readonly cursor!: string;
}

@ObjectType({ description: 'A page of the follow-up list, newest first.' })
export class FollowUpConnection {
  @Field(() => [FollowUpEdge], { description: 'The items with their cursors.' })
  readonly edges!: readonly FollowUpEdge[];

  @Field(() => PageInfo, { description: 'Where the page stands.' })
  readonly pageInfo!: PageInfo;
}

@ObjectType({ description: 'That an item came onto the list, or was dealt with.' })
export class FollowUpChange {
  @Field(() => FollowUp, { description: 'The item, as it is now.' })
  readonly followUp!: FollowUpRow;

  @Field(() => Date, { description: 'When.' })
  readonly occurredAt!: Date;

  @Field({ description: 'Pass it as `after` to resume behind this change.' })
  readonly cursor!: string;
}

export const FollowUpStreamItem = createUnionType({
  name: 'FollowUpStreamItem',
  description: 'A change, or the news that some were missed. Ignore members you do not know.',
  types: () => [FollowUpChange, StreamGap] as const,
  resolveType: (value) => ('resumeAfter' in value ? StreamGap : FollowUpChange),
});

@InputType({ description: 'Which items; all that is given must hold.' })
export class FollowUpFilterInput {
  @Field(() => FollowUpState, { nullable: true, description: 'Open or resolved.' })
  readonly state?: words.FollowUpState | null;

  @Field(() => FollowUpReason, { nullable: true, description: 'Why nothing more was tried.' })
  readonly reason?: words.FollowUpReason | null;

  @Field(() => String, { nullable: true, description: 'The template’s name.' })
  readonly template?: string | null;

  @Field(() => Date, { nullable: true, description: 'Those that came onto the list since then.' })
  readonly since?: Date | null;
}

@InputType({ description: 'Items that somebody has dealt with.' })
export class ResolveFollowUpsInput {
  @Field(() => [ID], { description: 'From 1 to 1,000 items, `fup_...`.' })
  readonly ids!: string[];

  @Field(() => String, {
    nullable: true,
    description:
      'How, in up to 500 characters; kept as it is, so no personal data, and no address.',
  })
  readonly note?: string | null;
}

@ObjectType({ description: 'What came of resolving one item.' })
export class ResolveFollowUpResult {
  @Field(() => FollowUp, { nullable: true, description: 'The item; null where there is none.' })
  readonly followUp!: FollowUpRow | null;

  @Field({ description: 'True when it had been dealt with before; it stays as it was then.' })
  readonly replayed!: boolean;

  @Field(() => [NotFound], { description: 'Why it was refused; empty when it was not.' })
  readonly errors!: NotFound[];
}

@ObjectType({ description: 'What came of resolving items.' })
export class ResolveFollowUpsPayload {
  @Field(() => [ResolveFollowUpResult], {
    description: 'One an id, in their order; empty when the whole was refused.',
  })
  readonly results!: ResolveFollowUpResult[];

  @Field(() => [InvalidInput], { description: 'Why the whole was refused; empty when it was not.' })
  readonly errors!: InvalidInput[];
}

@InputType({ description: 'A message that did not arrive, to be sent again.' })
export class ResendMessageInput {
  @Field(() => ID, { description: 'The message on the follow-up list, `msg_...`.' })
  readonly messageId!: string;

  @Field({
    description:
      'Chosen by the caller, 1 to 255 characters, among the keys of all messages: the same key again is the same message.',
  })
  readonly idempotencyKey!: string;
}

export const ResendMessageError = createUnionType({
  name: 'ResendMessageError',
  description: 'Why a message was not sent again. Nothing was written.',
  types: () =>
    [
      InvalidInput,
      NotFound,
      WrongState,
      TemplateNotApproved,
      VariablesInvalid,
      IdempotencyKeyReused,
      ConsentRefused,
      NoRoute,
    ] as const,
  resolveType: (value) => value.constructor as never,
});
export type ResendMessageErrors = (typeof ResendMessageError)[];

@ObjectType({ description: 'What came of sending a message again.' })
export class ResendMessagePayload {
  @Field(() => Message, { nullable: true, description: 'The new message; null when refused.' })
  readonly message!: AcceptedMessage | null;

  @Field({ description: 'True when the idempotency key came before: nothing was sent again.' })
  readonly replayed!: boolean;

  @Field(() => [ResendMessageError], { description: 'Why it was refused; empty when it was not.' })
  readonly errors!: ResendMessageErrors;
}
