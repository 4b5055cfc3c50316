// The live stream: delivery events as they are recorded, resumable from any cursor.
import { Arg, Ctx, Resolver, Root, Subscription, createUnionType } from 'type-graphql';
import { cursorOf, type LoggedEvent } from '../../../platform/event-log.ts';
import { ApiError } from '../../../platform/errors.ts';
import { resumeAfter, type TailItem } from '../../../platform/live-tail.ts';
import { requireScope } from '../../../platform/principal.ts';
import type { Stream } from '../../../platform/stream.ts';
import type { EventPayloads } from '../../../schema/events.ts';
import { publicId, uuidOf, type IdKind } from '../../../schema/ids.ts';
import { StreamGap } from '../../../schema/stream-gap.ts';
import type { DeliveryContext } from '../context.ts';
import { DeliveryEvent, DeliveryEventFilter } from './delivery-event.type.ts';

const DeliveryStreamItem = createUnionType({
  name: 'DeliveryStreamItem',
  description: 'An event, or the news that some were missed. Ignore members you do not know.',
  types: () => [DeliveryEvent, StreamGap] as const,
  resolveType: (value) => ('resumeAfter' in value ? StreamGap : DeliveryEvent),
});

const FILTER_IDS_MAX = 1_000;

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

/** Ids that are none of ours match nothing, like ids of another tenant. */
function filterOf(filter: DeliveryEventFilter): (event: LoggedEvent) => boolean {
  const messageIds = uuidsOf('message', 'messageIds', filter.messageIds);
  const recipientIds = uuidsOf('recipient', 'recipientIds', filter.recipientIds);
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

function uuidsOf(
  kind: IdKind,
  field: string,
  ids: readonly string[] | null | undefined,
): ReadonlySet<string | null> | null {
  if (!ids) return null;
  if (ids.length > FILTER_IDS_MAX) {
    const sentence = `${field} takes at most ${FILTER_IDS_MAX} ids.`;
    throw new ApiError('BAD_USER_INPUT', sentence, { field });
  }
  return new Set(ids.map((id) => uuidOf(kind, id)));
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
