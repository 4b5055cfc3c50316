// Events of a message and its stream as clients see them.
import { Field, ID, InputType, ObjectType } from 'type-graphql';
import {
  Channel,
  DeliveryEventType,
  FailureCode,
  FallbackReason,
  MessageStatus,
  Protection,
} from '../../../schema/vocabulary.ts';
import { Message, Recipient } from './stubs.ts';

@ObjectType({ description: 'One thing that happened to a message, normalised over all providers.' })
export class DeliveryEvent {
  @Field(() => ID, {
    description: 'Opaque id; the same event has the same id wherever it is shown.',
  })
  readonly id!: string;

  @Field(() => DeliveryEventType, { description: 'What happened.' })
  readonly type!: DeliveryEventType;

  @Field(() => Message, { description: 'The message it happened to.' })
  readonly message!: Message;

  @Field(() => Recipient, { description: 'Whom the message is for.' })
  readonly recipient!: Recipient;

  @Field(() => ID, {
    nullable: true,
    description: 'The attempt; null where it is about the message.',
  })
  readonly attemptId!: string | null;

  @Field(() => Channel, { nullable: true, description: 'The attempt’s channel.' })
  readonly channel!: Channel | null;

  @Field(() => Protection, { nullable: true, description: 'How the attempt’s content travels.' })
  readonly protection!: Protection | null;

  @Field(() => MessageStatus, { description: 'Where the message stood after it.' })
  readonly status!: MessageStatus;

  @Field(() => String, { nullable: true, description: 'Who carries the attempt.' })
  readonly provider!: string | null;

  @Field(() => FailureCode, { nullable: true, description: 'Why it failed, where it did.' })
  readonly failureCode!: FailureCode | null;

  @Field(() => FallbackReason, {
    nullable: true,
    description: 'Why the route before this attempt’s was left; null for the first.',
  })
  readonly fallbackReason!: FallbackReason | null;

  @Field(() => Date, { description: 'When it happened, by the clock of who reported it.' })
  readonly occurredAt!: Date;

  @Field(() => Date, { description: 'When Parley learnt of it.' })
  readonly receivedAt!: Date;

  @Field(() => String, {
    nullable: true,
    description: 'Its place in the stream: pass it as `after` to resume. Null outside of a stream.',
  })
  readonly cursor!: string | null;
}

@InputType({ description: 'Which events to stream. All given conditions must hold.' })
export class DeliveryEventFilter {
  @Field(() => [ID], { nullable: true, description: 'Of these messages; at most 1,000.' })
  readonly messageIds?: string[] | null;

  @Field(() => [ID], { nullable: true, description: 'For these recipients; at most 1,000.' })
  readonly recipientIds?: string[] | null;

  @Field(() => [Channel], { nullable: true, description: 'Of attempts on these channels.' })
  readonly channels?: Channel[] | null;

  @Field(() => [DeliveryEventType], { nullable: true, description: 'Of these types.' })
  readonly types?: DeliveryEventType[] | null;
}
