// What the API shows of look-ups, coverage, accuracy and times to live.
import { Field, Float, InputType, Int, ObjectType } from 'type-graphql';
import { InvalidInput } from '../../../schema/user-errors.ts';
import { Tristate } from '../../../schema/vocabulary.ts';
import type * as words from '../../../schema/vocabulary.ts';

@ObjectType({ description: 'What RCS can do for a phone number, a recipient’s or not.' })
export class CapabilityLookup {
  @Field(() => String, { description: 'The number in its one spelling (E.164).' })
  msisdn!: string;

  @Field(() => String, {
    nullable: true,
    description: 'The number’s region by ISO 3166-1, where the number says it.',
  })
  region!: string | null;

  @Field(() => Tristate, { description: 'Whether RCS reaches it. A fault is UNKNOWN, never NO.' })
  supported!: words.Tristate;

  @Field(() => Tristate, {
    description: 'Whether the channel’s own end-to-end encryption is there, as a device reported.',
  })
  nativeE2ee!: words.Tristate;

  @Field(() => [String], { description: 'What its client can show, in the source’s own words.' })
  features!: readonly string[];

  @Field(() => String, { nullable: true, description: 'The carrier, where the source told it.' })
  carrier!: string | null;

  @Field(() => String, {
    description:
      'Who said so: a provider’s id, device, delivery, or none when nobody has answered.',
  })
  source!: string;

  @Field(() => Date, { nullable: true, description: 'When it was asked.' })
  checkedAt!: Date | null;

  @Field(() => Date, { nullable: true, description: 'Until when the answer is believed.' })
  expiresAt!: Date | null;

  @Field(() => Int, { nullable: true, description: 'How long an answer is believed, in seconds.' })
  ttlSeconds!: number | null;
}

@ObjectType({ description: 'What RCS can do for the tenant’s phone numbers in one market.' })
export class CapabilityCoverage {
  @Field(() => String, { nullable: true, description: 'By ISO 3166-1; null where not known.' })
  region!: string | null;

  @Field(() => String, { nullable: true, description: 'The carrier; null where not known.' })
  carrier!: string | null;

  @Field(() => Int, { description: 'How many phone numbers there are.' })
  numberCount!: number;

  @Field(() => Int, { description: 'That RCS reaches, by a report that is still believed.' })
  capableCount!: number;

  @Field(() => Int, { description: 'That RCS does not reach.' })
  incapableCount!: number;

  @Field(() => Int, { description: 'Of which nothing is known.' })
  unknownCount!: number;

  @Field(() => Int, { description: 'Whose report has run out.' })
  staleCount!: number;

  @Field(() => Int, { description: 'Whose device reported native end-to-end encryption.' })
  nativeE2eeCount!: number;

  @Field(() => Int, { description: 'Whose owner has a device that messages are sealed to.' })
  withDeviceKeyCount!: number;

  @Field(() => Float, { description: 'The capable share of all numbers, 0 to 1.' })
  reachableShare!: number;
}

@ObjectType({ description: 'How well capabilities predicted deliveries in one market.' })
export class CapabilityAccuracy {
  @Field(() => String, { nullable: true, description: 'By ISO 3166-1; null where not known.' })
  region!: string | null;

  @Field(() => String, { nullable: true, description: 'The carrier; null where not known.' })
  carrier!: string | null;

  @Field(() => Int, { description: 'Believed capable, and reached.' })
  truePositiveCount!: number;

  @Field(() => Int, { description: 'Believed capable, and not.' })
  falsePositiveCount!: number;

  @Field(() => Int, { description: 'Believed incapable, and not reached.' })
  trueNegativeCount!: number;

  @Field(() => Int, { description: 'Believed incapable, and reached after all.' })
  falseNegativeCount!: number;

  @Field(() => Int, { description: 'Of which nothing was believed.' })
  unpredictedCount!: number;

  @Field(() => Float, {
    nullable: true,
    description: 'The right share of all predictions, 0 to 1; null when there were none.',
  })
  accuracy!: number | null;
}

@ObjectType({
  description:
    'A market whose people are suddenly not reached, though they were believed to be: today against the seven days before.',
})
export class CapabilityDrop {
  @Field(() => String, { nullable: true, description: 'By ISO 3166-1; null where not known.' })
  region!: string | null;

  @Field(() => String, { nullable: true, description: 'The carrier; null where not known.' })
  carrier!: string | null;

  @Field(() => Float, { description: 'Who was reached today, of all who were tried, 0 to 1.' })
  reachedShare!: number;

  @Field(() => Float, { description: 'The same in the seven days before.' })
  reachedShareBefore!: number;

  @Field(() => Int, { description: 'How many deliveries of today say so.' })
  triedCount!: number;
}

@ObjectType({ description: 'How long reports of a market are believed.' })
export class CapabilityTtl {
  @Field(() => String, { nullable: true, description: 'By ISO 3166-1; null stands for any.' })
  region!: string | null;

  @Field(() => String, { nullable: true, description: 'The carrier; null stands for any.' })
  carrier!: string | null;

  @Field(() => Int, { description: 'In seconds.' })
  ttlSeconds!: number;
}

@InputType({ description: 'A market, and how long its reports are believed.' })
export class SetCapabilityTtlInput {
  @Field(() => String, { nullable: true, description: 'By ISO 3166-1; any where left out.' })
  region?: string | null;

  @Field(() => String, { nullable: true, description: 'The carrier; any where left out.' })
  carrier?: string | null;

  @Field(() => Int, {
    nullable: true,
    description: '60 to 604,800 seconds; left out, the market returns to the more general rule.',
  })
  ttlSeconds?: number | null;
}

@ObjectType({ description: 'What came of setting a time to live.' })
export class SetCapabilityTtlPayload {
  @Field(() => [CapabilityTtl], { description: 'All rules of the tenant; empty when refused.' })
  rules!: CapabilityTtl[];

  @Field(() => [InvalidInput], { description: 'Why it was refused; empty when it was not.' })
  errors!: InvalidInput[];
}
