// The live stream: delivery events as they are recorded, resumable from any cursor.
import { Arg, Ctx, Resolver, Root, Subscription, createUnionType } from 'type-graphql';
import { cursorOf, type LoggedEvent } from '../../../platform/event-log.ts';
import { idFilter, resumeAfter, type TailItem } from '../../../platform/live-tail.ts';
import { requireScope } from '../../../platform/principal.ts';
import type { Stream } from '../../../platform/stream.ts';
import type { EventPayloads } from '../../../schema/events.ts';
import { publicId, uuidOf } from '../../../schema/ids.ts';
import { StreamGap } from '../../../schema/stream-gap.ts';
import type { DeliveryContext } from '../context.ts';
import { DeliveryEvent, DeliveryEventFilter } from './delivery-event.type.ts';

const DeliveryStreamItem = createUnionType({
  name: 'DeliveryStreamItem',
  description: 'An event, or the news that some were missed. Ignore members you do not know.',
  types: () => [DeliveryEvent, StreamGap] as const,
  resolveType: (value) => ('resumeAfter' in value ? StreamGap : DeliveryEvent),
});

@Resolver()
export class ReceiptsSubscription {
  @Subscription(() => DeliveryStreamItem, {
    description:
      'What happens to messages, as it happens: each event once and in order. With `after` it first gives what was missed.',
    subscribe: ({ args, context }) =>
      openStream(args as SubscriptionArguments, context as DeliveryContext),
  })
  deliveryEvents(
    @Root() item: TailItem,
    @Ctx() _context: DeliveryContext,
    @Arg('filter', () => DeliveryEventFilter, {
      nullable: true,
      description: 'Everything of the tenant where left out.',
    })
    _filter?: DeliveryEventFilter | null,
    @Arg('after', () => String, {
      nullable: true,
      description: 'The cursor of the last event that was seen.',
    })
    _after?: string | null,
  ): DeliveryEvent | StreamGap {
    return item.kind === 'gap' ? { resumeAfter: cursorOf(item.resumeAfter) } : toEvent(item.event);
  }
}

interface SubscriptionArguments {
  readonly filter?: DeliveryEventFilter | null;
  readonly after?: string | null;
}

async function openStream(
  { filter, after }: SubscriptionArguments,
  { principal, tail }: DeliveryContext,
): Promise<Stream<TailItem>> {
  requireScope(principal, 'delivery:read');
  const wants = filterOf(filter ?? {});
  const { tenantId } = principal;
  return tail.subscribe({ tenantId, after: resumeAfter(after), wants });
}

function filterOf(filter: DeliveryEventFilter): (event: LoggedEvent) => boolean {
  const messageIds = idFilter('messageIds', filter.messageIds, (id) => uuidOf('message', id));
  const recipientIds = idFilter('recipientIds', filter.recipientIds, (id) =>
    uuidOf('recipient', id),
  );
  const channels = filter.channels ? new Set<string | null>(filter.channels) : null;
  const types = filter.types ? new Set<string>(filter.types) : null;
  return (event) => {
    if (event.name !== 'delivery.recorded') return false;
    const payload = event.payload as EventPayloads['delivery.recorded'];
    return (
      (messageIds?.has(payload.messageId) ?? true) &&
      (recipientIds?.has(payload.recipientId) ?? true) &&
      (channels?.has(payload.channel) ?? true) &&
      (types?.has(payload.type) ?? true)
    );
  };
}

function toEvent(event: LoggedEvent): DeliveryEvent {
  const payload = event.payload as EventPayloads['delivery.recorded'];
  const { attemptId } = payload;
  return {
    ...payload,
    id: publicId('event', payload.eventId),
    message: { id: publicId('message', payload.messageId) },
    recipient: { id: publicId('recipient', payload.recipientId) },
    attemptId: attemptId === null ? null : publicId('attempt', attemptId),
    occurredAt: new Date(payload.occurredAt),
    receivedAt: new Date(payload.receivedAt),
    cursor: cursorOf(event.position),
  };
}
