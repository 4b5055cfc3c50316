// What delivery adds to a message: where it stands, and its timeline.
import { Ctx, FieldResolver, ID, Resolver, Root } from 'type-graphql';
import { requireScope } from '../../../platform/principal.ts';
import { publicId, uuidOf } from '../../../schema/ids.ts';
import { MessageStatus } from '../../../schema/vocabulary.ts';
import type { DeliveryContext } from '../context.ts';
import type { DeliveryEventRow } from '../store/delivery-event.table.ts';
import type { MessageStatusRow } from '../store/message-status.table.ts';
import { DeliveryEvent } from './delivery-event.type.ts';
import { Message, Recipient } from './stubs.ts';

@Resolver(() => Message)
export class MessageStatusResolver {
  @FieldResolver(() => MessageStatus, { description: 'Where it stands. It never goes back.' })
  async status(@Root() message: Message, @Ctx() context: DeliveryContext): Promise<MessageStatus> {
    // A message that nothing is known of yet has just been accepted: its first event is on the way.
    return (await standingOf(message, context))?.status ?? 'ACCEPTED';
  }

  @FieldResolver(() => Date, { nullable: true, description: 'When a provider first took it.' })
  async sentAt(@Root() message: Message, @Ctx() context: DeliveryContext): Promise<Date | null> {
    return (await standingOf(message, context))?.sentAt ?? null;
  }

  @FieldResolver(() => Date, { nullable: true, description: 'When it reached the device.' })
  async deliveredAt(
    @Root() message: Message,
    @Ctx() context: DeliveryContext,
  ): Promise<Date | null> {
    return (await standingOf(message, context))?.deliveredAt ?? null;
  }

  @FieldResolver(() => Date, { nullable: true, description: 'When the recipient saw it.' })
  async readAt(@Root() message: Message, @Ctx() context: DeliveryContext): Promise<Date | null> {
    return (await standingOf(message, context))?.readAt ?? null;
  }

  @FieldResolver(() => [DeliveryEvent], {
    description: 'All that happened to it, oldest first; at most 200.',
  })
  async timeline(
    @Root() message: Message,
    @Ctx() context: DeliveryContext,
  ): Promise<DeliveryEventRow[]> {
    requireScope(context.principal, 'delivery:read');
    const uuid = uuidOf('message', message.id);
    return uuid === null ? [] : context.loaders.timeline.load(uuid);
  }
}

@Resolver(() => DeliveryEvent)
export class DeliveryEventResolver {
  @FieldResolver(() => ID)
  id(@Root() event: DeliveryEvent | DeliveryEventRow): string {
    return 'message' in event ? event.id : publicId('event', event.id);
  }

  @FieldResolver(() => Message)
  message(@Root() event: DeliveryEvent | DeliveryEventRow): Message {
    return 'message' in event ? event.message : { id: publicId('message', event.messageId) };
  }

  @FieldResolver(() => Recipient)
  recipient(@Root() event: DeliveryEvent | DeliveryEventRow): Recipient {
    return 'message' in event ? event.recipient : { id: publicId('recipient', event.recipientId) };
  }

  @FieldResolver(() => ID)
  attemptId(@Root() event: DeliveryEvent | DeliveryEventRow): string | null {
    if ('message' in event) return event.attemptId;
    return event.attemptId ? publicId('attempt', event.attemptId) : null;
  }
}

async function standingOf(
  message: Message,
  { principal, loaders }: DeliveryContext,
): Promise<MessageStatusRow | null> {
  requireScope(principal, 'delivery:read');
  const uuid = uuidOf('message', message.id);
  return uuid === null ? null : loaders.status.load(uuid);
}
