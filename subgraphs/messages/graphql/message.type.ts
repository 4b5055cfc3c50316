// The message and its attempts as clients see them.
import { Directive, Field, ID, Int, ObjectType } from 'type-graphql';
import {
  AttemptState,
  Channel,
  FailureCode,
  FallbackReason,
  Protection,
} from '../../../schema/vocabulary.ts';
import { DecisionRecord } from './decision.type.ts';
import { Recipient } from './recipient.stub.ts';
import { Template } from './template.type.ts';

@ObjectType({ description: 'One try to hand a message to one provider on one route.' })
export class Attempt {
  @Field(() => ID, { description: 'Opaque id.' })
  readonly id!: string;

  @Field(() => Int, { description: 'From 1, in the order in which they were begun.' })
  readonly number!: number;

  @Field(() => Int, {
    description: 'From 1: which of the ways that go at once it is on; 1 where one goes at a time.',
  })
  readonly line!: number;

  @Field(() => Channel, { description: 'The way.' })
  readonly channel!: Channel;

  @Field(() => Protection, { description: 'How the content travels.' })
  readonly protection!: Protection;

  @Field({ description: 'Who carries it.' })
  readonly provider!: string;

  @Field(() => AttemptState, { description: 'Where it stands.' })
  readonly state!: AttemptState;

  @Field(() => Int, { description: 'How often it was handed over.' })
  readonly tries!: number;

  @Field(() => FailureCode, { nullable: true, description: 'Why it failed, where it did.' })
  readonly failureCode!: FailureCode | null;

  @Field(() => String, { nullable: true, description: 'The provider’s own code.' })
  readonly providerCode!: string | null;

  @Field(() => FallbackReason, {
    nullable: true,
    description: 'Why the route before it was left; null for the first.',
  })
  readonly fallbackReason!: FallbackReason | null;

  @Field(() => ID, { nullable: true, description: 'The consent that held when it was claimed.' })
  readonly consentId!: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'SHA-256 of the envelope, which devices can confirm; null without one.',
  })
  readonly envelopeDigest!: string | null;

  @Field(() => Date, { nullable: true, description: 'When it was first handed over.' })
  readonly startedAt!: Date | null;

  @Field(() => Date, { description: 'When its state last changed.' })
  readonly changedAt!: Date;
}

@Directive('@key(fields: "id")')
@ObjectType({
  description: 'One business intent to one recipient. Its id is the canonical message id.',
})
export class Message {
  @Field(() => ID, { description: 'The canonical message id; it travels on every channel.' })
  readonly id!: string;

  @Field(() => Recipient, { description: 'Whom it is for.' })
  readonly recipient!: Recipient;

  @Field(() => Template, { description: 'The template version that it was made from.' })
  readonly template!: Template;

  @Field(() => String, {
    nullable: true,
    description: 'The caller’s own name of the business event.',
  })
  readonly reference!: string | null;

  @Field({ description: 'The locale that was asked for.' })
  readonly locale!: string;

  @Field(() => DecisionRecord, { description: 'Which routes were weighed, and why.' })
  readonly decision!: DecisionRecord;

  @Field(() => [Attempt], { description: 'What was tried, oldest first.' })
  readonly attempts!: Attempt[];

  @Field(() => String, {
    nullable: true,
    description: 'Why nothing more is tried, where it was not delivered.',
  })
  readonly endReason!: string | null;

  @Field(() => Date, { description: 'When it was accepted.' })
  readonly createdAt!: Date;

  @Field(() => Date, {
    nullable: true,
    description:
      'When it is sent: as was asked, or when the hours for marketing begin; null: at once.',
  })
  readonly sendAt!: Date | null;

  @Field(() => Date, { description: 'After this it is never sent.' })
  readonly expiresAt!: Date;
}
