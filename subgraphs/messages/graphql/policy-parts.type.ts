// The parts of a policy as GraphQL takes and shows them: the same words in both directions.
import { Field, Float, InputType, Int, ObjectType } from 'type-graphql';
import {
  Channel,
  MessageType,
  Protection,
  Purpose,
  Sensitivity,
} from '../../../schema/vocabulary.ts';
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

@ObjectType({ description: 'A sentence that has to stand in what is sent.' })
@InputType('DisclosureInput', { description: 'A sentence that has to stand in what is sent.' })
export class Disclosure {
  @Field(() => String, {
    nullable: true,
    description: 'Of the recipient, by ISO 3166-1; null: everywhere.',
  })
  readonly region!: string | null;

  @Field(() => Channel, { description: 'On which channel.' })
  readonly channel!: Channel;

  @Field(() => Purpose, { description: 'For messages of which purpose.' })
  readonly purpose!: Purpose;

  @Field(() => String, {
    nullable: true,
    description: 'Of the text, such as en; null: whatever it is written in.',
  })
  readonly language!: string | null;

  @Field({ description: 'Up to 160 characters, appended where the text does not have it.' })
  readonly sentence!: string;
}
