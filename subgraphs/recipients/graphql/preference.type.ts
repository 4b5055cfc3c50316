// What a person wishes, as the API shows and takes it: refusals, quiet hours, features tried out.
import { Field, InputType, ObjectType } from 'type-graphql';
import { Weekday } from '../../../schema/vocabulary-people.ts';
import { Channel, Purpose } from '../../../schema/vocabulary.ts';
import type * as words from '../../../schema/vocabulary.ts';

@ObjectType({ description: 'A channel that the person does not want, for a purpose or at all.' })
export class ChannelOptOut {
  @Field(() => Channel, { description: 'The channel.' })
  channel!: words.Channel;

  @Field(() => Purpose, { nullable: true, description: 'The purpose; null for all of them.' })
  purpose!: words.Purpose | null;
}

@InputType({ description: 'A channel that the person does not want, for a purpose or at all.' })
export class ChannelOptOutInput {
  @Field(() => Channel, { description: 'The channel.' })
  channel!: words.Channel;

  @Field(() => Purpose, { nullable: true, description: 'The purpose; missing for all of them.' })
  purpose?: words.Purpose | null;
}

@ObjectType({
  description:
    'When the person wants no marketing, in their own time zone. Hours that end before they begin end on the next day.',
})
export class QuietHours {
  @Field(() => String, { description: 'When they begin, HH:MM.' })
  from!: string;

  @Field(() => String, { description: 'When they end, HH:MM.' })
  to!: string;

  @Field(() => [Weekday], { description: 'The days on which they begin.' })
  days!: readonly Weekday[];
}

@InputType({
  description:
    'When the person wants no marketing, in their own time zone. Hours that end before they begin end on the next day.',
})
export class QuietHoursInput {
  @Field(() => String, { description: 'When they begin, HH:MM.' })
  from!: string;

  @Field(() => String, { description: 'When they end, HH:MM.' })
  to!: string;

  @Field(() => [Weekday], {
    defaultValue: Object.values(Weekday),
    description: 'The days on which they begin; all of them when missing.',
  })
  days!: Weekday[];
}

@ObjectType({ description: 'A feature that is tried out with this person, or kept from them.' })
export class FeatureFlag {
  @Field(() => String, { description: 'Its name.' })
  name!: string;

  @Field(() => Boolean, { description: 'Whether it is on for this person.' })
  isEnabled!: boolean;
}

@InputType({ description: 'A feature that is tried out with this person, or kept from them.' })
export class FeatureFlagInput {
  @Field(() => String, { description: 'A lower-case name, such as rcs_carousel.' })
  name!: string;

  @Field(() => Boolean, { description: 'Whether it is on for this person.' })
  isEnabled!: boolean;
}
