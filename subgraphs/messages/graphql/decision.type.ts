// The decision record as clients see it.
import { Field, Float, ID, Int, ObjectType } from 'type-graphql';
import { publicId } from '../../../schema/ids.ts';
import { Strategy } from '../../../schema/vocabulary-templates.ts';
import {
  Channel,
  Protection,
  RejectionReason,
  Sensitivity,
  Tristate,
} from '../../../schema/vocabulary.ts';

@ObjectType({ description: 'One route that was weighed.' })
export class RouteCandidate {
  @Field(() => Channel, { description: 'The way.' })
  readonly channel!: Channel;

  @Field(() => Protection, { description: 'How the content would travel.' })
  readonly protection!: Protection;

  @Field(() => String, {
    nullable: true,
    description: 'Who would carry it; null where nobody does.',
  })
  readonly provider!: string | null;

  @Field(() => Float, { description: 'Higher is better.' })
  readonly score!: number;

  @Field(() => Int, {
    nullable: true,
    description: 'Place in the plan, from 1; null when rejected.',
  })
  readonly rank!: number | null;

  @Field(() => [RejectionReason], { description: 'Why it was rejected; empty when it was not.' })
  readonly reasons!: readonly RejectionReason[];

  @Field(() => ID, { nullable: true, description: 'The consent record that was relied upon.' })
  readonly consentId!: string | null;
}

@ObjectType({ description: 'What was known of a channel when the decision was made.' })
export class CapabilitySnapshot {
  @Field(() => Channel, { description: 'The channel.' })
  readonly channel!: Channel;

  @Field(() => Tristate, { description: 'Whether the recipient’s device supports it.' })
  readonly supported!: Tristate;

  @Field(() => Tristate, { description: 'Whether the channel’s own end-to-end encryption works.' })
  readonly nativeE2ee!: Tristate;

  @Field({ description: 'Who said so.' })
  readonly source!: string;

  @Field(() => Date, { nullable: true, description: 'When it was last asked.' })
  readonly checkedAt!: string | null;

  @Field(() => Date, { nullable: true, description: 'When it stops being believed.' })
  readonly expiresAt!: string | null;
}

@ObjectType({ description: 'What a decision rested on besides candidates and capabilities.' })
export class WeighedFacts {
  @Field(() => Sensitivity, { description: 'Of the message.' })
  readonly sensitivity!: Sensitivity;

  @Field({ description: 'Whether it held a value that its template calls sensitive.' })
  readonly hasSensitiveValues!: boolean;

  @Field({ description: 'Whether an envelope could be sealed to a device.' })
  readonly hasDeviceKey!: boolean;

  @Field(() => [Channel], { description: 'The recipient’s ranking, most wanted first.' })
  readonly preferredChannels!: readonly Channel[];

  @Field(() => [String], { description: 'The rollouts that the recipient was in.' })
  readonly rollouts!: readonly string[];

  @Field(() => [String], { description: 'Providers that were left alone.' })
  readonly unavailableProviders!: readonly string[];
}

@ObjectType({
  description:
    'Which routes were weighed for a message, and why. Written once, before anything is sent.',
})
export class DecisionRecord {
  @Field({ description: 'The version of the policy that decided.' })
  readonly policyVersion!: string;

  @Field(() => Date, { description: 'When.' })
  readonly decidedAt!: string;

  @Field(() => [RouteCandidate], { description: 'All candidates; the ranked ones first.' })
  readonly candidates!: readonly RouteCandidate[];

  @Field(() => [CapabilitySnapshot], { description: 'What was known of each channel.' })
  readonly capabilities!: readonly CapabilitySnapshot[];

  @Field(() => WeighedFacts, {
    nullable: true,
    description:
      'What else was weighed: with it the policy of that version decides the same again. Null in records of before it was kept.',
  })
  readonly weighed!: WeighedFacts | null;

  @Field(() => Strategy, { description: 'How the message goes out.' })
  readonly strategy!: Strategy;

  @Field(() => Int, {
    description: 'How many of the ranked routes go at once: the first ones. The rest is fallback.',
  })
  readonly lineCount!: number;

  @Field(() => Channel, {
    nullable: true,
    description: 'The channel whose copy is the one to act upon; null where there is one copy.',
  })
  readonly primaryChannel!: Channel | null;
}

/** The public form of a consent's id. */
export const consentIdOf = (uuid: string | null): string | null =>
  uuid === null ? null : publicId('consent', uuid);
