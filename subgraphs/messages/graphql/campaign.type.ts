// A campaign, how far it is, and who was refused, as GraphQL shows them.
import { createUnionType, Directive, Field, ID, Int, ObjectType } from 'type-graphql';
import { UserErrorCode } from '../../../schema/graphql-enums.ts';
import type { UserErrorCode as Code } from '../../../schema/error-codes.ts';
import { PageInfo } from '../../../schema/page-info.ts';
import { StreamGap } from '../../../schema/stream-gap.ts';
import {
  IdempotencyKeyReused,
  InvalidInput,
  NotFound,
  WrongState,
} from '../../../schema/user-errors.ts';
import { Channel, MessageStatus, RejectionReason, Tristate } from '../../../schema/vocabulary.ts';
import { CampaignPauseReason, CampaignState } from '../../../schema/vocabulary-campaigns.ts';
import type { Campaign as CampaignRow } from '../store/campaigns.ts';
import { LimitReached, TemplateNotApproved, VariablesInvalid } from './errors.ts';
import { Recipient } from './recipient.stub.ts';
import { Template } from './template.type.ts';

@ObjectType({ description: 'How many people were refused for one reason.' })
export class CampaignRefusalCount {
  @Field(() => UserErrorCode, { description: 'What a single send would have answered.' })
  readonly code!: Code;

  @Field(() => RejectionReason, {
    nullable: true,
    description: 'What stood in the way of the route that came nearest; null: none was weighed.',
  })
  readonly reason!: RejectionReason | null;

  @Field(() => Int, { description: 'How many people.' })
  readonly count!: number;
}

@ObjectType({ description: 'How many messages of a campaign stand somewhere.' })
export class CampaignOutcomeCount {
  @Field(() => MessageStatus, { description: 'Where they stand.' })
  readonly status!: MessageStatus;

  @Field(() => Int, { description: 'How many messages.' })
  readonly count!: number;
}

@ObjectType({
  description: 'How far a campaign is. It is counted on the way, and asking is cheap.',
})
export class CampaignProgress {
  @Field(() => Int, {
    description: 'People that were seen: those with a message, and the refused.',
  })
  readonly seenCount!: number;

  @Field(() => Int, { description: 'Messages that were accepted.' })
  readonly acceptedCount!: number;

  @Field(() => Int, { description: 'People that were refused; `refusals` tells who.' })
  readonly refusedCount!: number;

  @Field(() => [CampaignRefusalCount], { description: 'Why they were refused.' })
  readonly refusedBecause!: readonly CampaignRefusalCount[];

  @Field(() => [CampaignOutcomeCount], {
    description: 'Where its messages stand; ACCEPTED ones wait in the queue.',
  })
  readonly outcomes!: readonly CampaignOutcomeCount[];

  @Field({ description: 'Whether everybody was seen.' })
  readonly isEverybodySeen!: boolean;
}

@ObjectType({ description: 'How a channel is to stand.' })
export class CampaignChannelFilter {
  @Field(() => Channel, { description: 'The channel.' })
  readonly channel!: Channel;

  @Field(() => Tristate, { nullable: true, description: 'What is to be believed of it.' })
  readonly supported!: Tristate | null;

  @Field(() => Boolean, { nullable: true, description: 'Whether a message could take it.' })
  readonly isReachable!: boolean | null;
}

@ObjectType({ description: 'Whom a campaign goes to: what is null does not matter.' })
export class CampaignFilter {
  @Field(() => String, { nullable: true, description: 'Two letters by ISO 3166-1.' })
  readonly region!: string | null;

  @Field(() => String, { nullable: true, description: 'The carrier.' })
  readonly carrier!: string | null;

  @Field(() => CampaignChannelFilter, { nullable: true, description: 'How a channel stands.' })
  readonly channel!: CampaignChannelFilter | null;
}

@Directive('@key(fields: "id")')
@ObjectType({ description: 'One template to everybody whom a filter means.' })
export class Campaign {
  @Field(() => ID, { description: 'Opaque id.' })
  readonly id!: string;

  @Field({ description: 'For those who look after it.' })
  readonly name!: string;

  @Field(() => Template, { description: 'The version that it sends.' })
  readonly template!: Template;

  @Field(() => CampaignFilter, { description: 'Whom it goes to.' })
  readonly filter!: CampaignFilter;

  @Field(() => CampaignState, { description: 'Where it is in its life.' })
  readonly state!: CampaignState;

  @Field(() => CampaignPauseReason, { nullable: true, description: 'Why it is paused, if it is.' })
  readonly pauseReason!: CampaignPauseReason | null;

  @Field(() => CampaignProgress, { description: 'How far it is.' })
  readonly progress!: CampaignProgress;

  @Field(() => Int, {
    nullable: true,
    description: 'Messages that are put into the queue in a second at the most.',
  })
  readonly messagesPerSecond!: number | null;

  @Field({ description: 'Who created it: the subject of the token.' })
  readonly createdBy!: string;

  @Field(() => Date, { description: 'When it was created.' })
  readonly createdAt!: Date;

  @Field(() => Date, { nullable: true, description: 'When it begins; null: at once.' })
  readonly sendAt!: Date | null;

  @Field(() => Date, { nullable: true, description: 'After this nothing of it is sent any more.' })
  readonly expiresAt!: Date | null;

  @Field(() => Date, { nullable: true, description: 'When the first people were seen.' })
  readonly startedAt!: Date | null;

  @Field(() => Date, { nullable: true, description: 'When it came to its end.' })
  readonly endedAt!: Date | null;
}

@ObjectType({ description: 'A campaign in a list.' })
export class CampaignEdge {
  @Field(() => Campaign, { description: 'The campaign.' })
  readonly node!: CampaignRow;

  @Field({ description: 'Pass it as `after`.' })
  readonly cursor!: string;
}

@ObjectType({ description: 'A page of campaigns, newest first.' })
export class CampaignConnection {
  @Field(() => [CampaignEdge], { description: 'The campaigns with their cursors.' })
  readonly edges!: readonly CampaignEdge[];

  @Field(() => PageInfo, { description: 'Where the page stands.' })
  readonly pageInfo!: PageInfo;
}

@ObjectType({ description: 'A person to whom a campaign does not go, and why.' })
export class CampaignRefusal {
  @Field(() => Recipient, { description: 'The person.' })
  readonly recipient!: Recipient;

  @Field(() => UserErrorCode, { description: 'What a single send would have answered.' })
  readonly code!: Code;

  @Field(() => RejectionReason, {
    nullable: true,
    description: 'What stood in the way of the route that came nearest; null: none was weighed.',
  })
  readonly reason!: RejectionReason | null;
}

@ObjectType({ description: 'A refused person in a list.' })
export class CampaignRefusalEdge {
  @Field(() => CampaignRefusal, { description: 'The refusal.' })
  readonly node!: CampaignRefusal;

  @Field({ description: 'Pass it as `after`.' })
  readonly cursor!: string;
}

@ObjectType({ description: 'A page of refused people, in the order in which they were seen.' })
export class CampaignRefusalConnection {
  @Field(() => [CampaignRefusalEdge], { description: 'The refusals with their cursors.' })
  readonly edges!: readonly CampaignRefusalEdge[];

  @Field(() => PageInfo, { description: 'Where the page stands.' })
  readonly pageInfo!: PageInfo;
}

@ObjectType({ description: 'That a campaign came into another state, or went on.' })
export class CampaignChange {
  @Field(() => Campaign, { description: 'The campaign as it is now.' })
  readonly campaign!: CampaignRow;

  @Field(() => Date, { description: 'When it changed.' })
  readonly occurredAt!: Date;

  @Field({ description: 'Its place in the stream: pass it as `after` to resume.' })
  readonly cursor!: string;
}

export const CampaignStreamItem = createUnionType({
  name: 'CampaignStreamItem',
  description: 'A change, or the news that some were missed. Ignore members you do not know.',
  types: () => [CampaignChange, StreamGap] as const,
  resolveType: (value) => ('resumeAfter' in value ? StreamGap : CampaignChange),
});

export const CreateCampaignError = createUnionType({
  name: 'CreateCampaignError',
  description: 'Why a campaign was not created. Nothing was written.',
  types: () =>
    [
      InvalidInput,
      TemplateNotApproved,
      VariablesInvalid,
      IdempotencyKeyReused,
      LimitReached,
    ] as const,
  resolveType: (value) => value.constructor as never,
});

@ObjectType({ description: 'What came of creating a campaign.' })
export class CreateCampaignPayload {
  @Field(() => Campaign, { nullable: true, description: 'The campaign; null when refused.' })
  readonly campaign!: CampaignRow | null;

  @Field({
    description: 'True when the idempotency key came before and this is the earlier campaign.',
  })
  readonly replayed!: boolean;

  @Field(() => [CreateCampaignError], { description: 'Why it was refused; empty when it was not.' })
  readonly errors!: (typeof CreateCampaignError)[];
}

export const MoveCampaignError = createUnionType({
  name: 'MoveCampaignError',
  description: 'Why a campaign stays as it is.',
  types: () => [NotFound, WrongState, TemplateNotApproved, InvalidInput, VariablesInvalid] as const,
  resolveType: (value) => value.constructor as never,
});

@ObjectType({ description: 'What came of pausing, resuming or cancelling a campaign.' })
export class MoveCampaignPayload {
  @Field(() => Campaign, { nullable: true, description: 'The campaign; null when refused.' })
  readonly campaign!: CampaignRow | null;

  @Field({ description: 'True when it had been so before.' })
  readonly replayed!: boolean;

  @Field(() => [MoveCampaignError], { description: 'Why it was refused; empty when it was not.' })
  readonly errors!: (typeof MoveCampaignError)[];
}
