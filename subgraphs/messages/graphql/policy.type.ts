// Policies as GraphQL takes and shows them: the same words in both directions.
import { createUnionType, Field, Float, InputType, Int, ObjectType } from 'type-graphql';
import { PageInfo } from '../../../schema/page-info.ts';
import { InvalidInput, WrongState } from '../../../schema/user-errors.ts';
import { Channel, MessageType, Protection, Sensitivity } from '../../../schema/vocabulary.ts';
import { Weekday } from '../../../schema/vocabulary-people.ts';

@ObjectType({
  description: 'How much a route is wanted. The entry that says most about it counts.',
})
@InputType('RouteScoreInput', { description: 'How much a route is wanted.' })
export class RouteScore {
  @Field(() => Channel, { description: 'The way.' })
  readonly channel!: Channel;

  @Field(() => Protection, {
    nullable: true,
    description: 'How the content travels; null: whatever it is.',
  })
  readonly protection!: Protection | null;

  @Field(() => Sensitivity, {
    nullable: true,
    description: 'Of the message; null: whatever it is.',
  })
  readonly sensitivity!: Sensitivity | null;

  @Field(() => Float, { description: '0 to 1,000; higher comes first.' })
  readonly score!: number;
}

@ObjectType({ description: 'What a message type implies where the template does not say it.' })
@InputType('MessageTypeRuleInput', { description: 'What a message type implies.' })
export class MessageTypeRule {
  @Field(() => MessageType, { description: 'The type.' })
  readonly type!: MessageType;

  @Field(() => Int, { description: '10 to 120: how long a receipt is waited for.' })
  readonly receiptWindowSeconds!: number;

  @Field(() => Int, { description: '30 to 604,800: how long a message is good for.' })
  readonly expirySeconds!: number;
}

@ObjectType({ description: 'The pause before a route is tried again.' })
@InputType('BackoffInput', { description: 'The pause before a route is tried again.' })
export class Backoff {
  @Field(() => Int, { description: '100 to 300,000: doubled with each try.' })
  readonly baseMs!: number;

  @Field(() => Int, { description: '100 to 300,000: the longest pause.' })
  readonly capMs!: number;
}

@ObjectType({ description: 'A route that is tried out with a share of the people.' })
@InputType('RolloutInput', { description: 'A route that is tried out with a share of the people.' })
export class Rollout {
  @Field({
    description:
      'Also of the feature flag by which a recipient is in, or not, whatever the rest. Another name has other members.',
  })
  readonly name!: string;

  @Field(() => Channel, { description: 'The way.' })
  readonly channel!: Channel;

  @Field(() => Protection, {
    nullable: true,
    description: 'How the content travels; null: the whole channel.',
  })
  readonly protection!: Protection | null;

  @Field(() => Float, {
    description: '0 to 100. Who is in stays in while the share grows.',
  })
  readonly percent!: number;

  @Field(() => [String], {
    defaultValue: [],
    description: 'Only in these, by ISO 3166-1; empty: everywhere.',
  })
  readonly regions!: readonly string[];

  @Field(() => [String], {
    defaultValue: [],
    description: 'Only with these, as capability reports name them; empty: all.',
  })
  readonly carriers!: readonly string[];
}

@ObjectType({ description: 'A span of the day, by the clock where the recipient is.' })
@InputType('DaySpanInput', { description: 'A span of the day, by the recipient’s clock.' })
export class DaySpan {
  @Field(() => [Weekday], { description: 'On which days.' })
  readonly days!: readonly Weekday[];

  @Field({ description: 'HH:MM, such as 09:00.' })
  readonly from!: string;

  @Field({ description: 'HH:MM, later on the same day; 24:00 for its end.' })
  readonly to!: string;
}

@ObjectType({ description: 'When marketing is sent to people in a region.' })
@InputType('RegionHoursInput', { description: 'When marketing is sent to people in a region.' })
export class RegionHours {
  @Field({ description: 'ISO 3166-1 alpha-2.' })
  readonly region!: string;

  @Field(() => [DaySpan], {
    description: 'Within the hours that the region’s rules leave; outside of them it waits.',
  })
  readonly open!: readonly DaySpan[];
}

@ObjectType({ description: 'How much marketing one recipient gets, over all channels.' })
@InputType('MarketingCapInput', { description: 'How much marketing one recipient gets.' })
export class MarketingCap {
  @Field(() => Int, {
    nullable: true,
    description: '0 to 100 in any 24 hours; null: as much as there is.',
  })
  readonly perDay!: number | null;

  @Field(() => Int, {
    nullable: true,
    description: '0 to 100 in any seven days; null: as much as there is.',
  })
  readonly perWeek!: number | null;
}

@ObjectType({ description: 'What decides how a tenant’s messages are sent.' })
export class Policy {
  @Field({ description: 'As decision records name it.' })
  readonly version!: string;

  @Field(() => Int, { description: 'Of the version; 0: the default.' })
  readonly number!: number;

  @Field(() => [RouteScore], { description: 'In which order routes are ranked.' })
  readonly scores!: readonly RouteScore[];

  @Field(() => [MessageTypeRule], { description: 'One for each type.' })
  readonly types!: readonly MessageTypeRule[];

  @Field(() => Int, { description: 'Tries on one route, the first one included.' })
  readonly triesMax!: number;

  @Field(() => Int, { description: 'How long one route may be tried.' })
  readonly routeWindowMs!: number;

  @Field(() => Backoff, { description: 'The pause between tries.' })
  readonly backoff!: Backoff;

  @Field(() => [Rollout], { description: 'Routes that are for some people only.' })
  readonly rollouts!: readonly Rollout[];

  @Field(() => [RegionHours], {
    description: 'Hours for marketing that are narrower than those of the region’s rules.',
  })
  readonly marketingHours!: readonly RegionHours[];

  @Field(() => MarketingCap, { description: 'How much marketing one recipient gets.' })
  readonly marketingCap!: MarketingCap;

  @Field(() => String, { nullable: true, description: 'Who set it; null for the default.' })
  readonly by!: string | null;

  @Field(() => String, { nullable: true, description: 'Why; null for the default.' })
  readonly reason!: string | null;

  @Field(() => Date, { nullable: true, description: 'When; null for the default.' })
  readonly at!: Date | null;
}

@InputType({ description: 'Parts of a policy: one that is left out stays as it is.' })
export class PolicyInput {
  @Field(() => [RouteScore], {
    nullable: true,
    description: 'All scores: each channel has one for whatever is sent.',
  })
  readonly scores?: RouteScore[] | null;

  @Field(() => [MessageTypeRule], {
    nullable: true,
    description: 'The types that change; others stay as they are.',
  })
  readonly types?: MessageTypeRule[] | null;

  @Field(() => Int, { nullable: true, description: '1 to 5 tries, the first one included.' })
  readonly triesMax?: number | null;

  @Field(() => Int, { nullable: true, description: '30,000 to 900,000.' })
  readonly routeWindowMs?: number | null;

  @Field(() => Backoff, { nullable: true, description: 'The pause between tries.' })
  readonly backoff?: Backoff | null;

  @Field(() => [Rollout], { nullable: true, description: 'All rollouts; at most 20.' })
  readonly rollouts?: Rollout[] | null;

  @Field(() => [RegionHours], {
    nullable: true,
    description: 'All regions with narrower hours for marketing.',
  })
  readonly marketingHours?: RegionHours[] | null;

  @Field(() => MarketingCap, {
    nullable: true,
    description: 'How much marketing one recipient gets.',
  })
  readonly marketingCap?: MarketingCap | null;
}

@InputType({ description: 'A new version of the policy.' })
export class SetPolicyInput {
  @Field(() => Int, {
    description: 'The number of the version that was changed: the one in force, 0 without one.',
  })
  readonly basedOn!: number;

  @Field({ description: 'Why, in up to 500 characters; kept with the version.' })
  readonly reason!: string;

  @Field(() => PolicyInput, { description: 'What changes.' })
  readonly policy!: PolicyInput;
}

const SetPolicyError = createUnionType({
  name: 'SetPolicyError',
  description: 'Why the policy was not set.',
  types: () => [InvalidInput, WrongState] as const,
  resolveType: (value) => value.constructor as never,
});

@ObjectType({ description: 'What came of setting the policy.' })
export class SetPolicyPayload {
  @Field(() => Policy, { nullable: true, description: 'The new version; null when refused.' })
  readonly policy!: Policy | null;

  @Field(() => [SetPolicyError], { description: 'Why it was refused; empty when it was not.' })
  readonly errors!: (typeof SetPolicyError)[];
}

@ObjectType({ description: 'A version in its list.' })
export class PolicyEdge {
  @Field({ description: 'Its place.' })
  readonly cursor!: string;

  @Field(() => Policy, { description: 'The version.' })
  readonly node!: Policy;
}

@ObjectType({ description: 'A page of versions.' })
export class PolicyConnection {
  @Field(() => [PolicyEdge], { description: 'The versions, newest first.' })
  readonly edges!: readonly PolicyEdge[];

  @Field(() => PageInfo, { description: 'Where the page stands.' })
  readonly pageInfo!: PageInfo;
}
