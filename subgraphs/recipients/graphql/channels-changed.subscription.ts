// The live stream of channel changes, resumable from any cursor: an editor's list of recipients stays true by it.
import { Arg, Ctx, ID, Resolver, Root, Subscription } from 'type-graphql';
import { cursorOf } from '../../../platform/event-log.ts';
import { idFilter, resumeAfter, type TailItem } from '../../../platform/live-tail.ts';
import { requireScope } from '../../../platform/principal.ts';
import type { Stream } from '../../../platform/stream.ts';
import type { EventName, EventPayloads } from '../../../schema/events.ts';
import { uuidOf } from '../../../schema/ids.ts';
import type { StreamGap } from '../../../schema/stream-gap.ts';
import type { RecipientsContext } from '../context.ts';
import { RecipientStreamItem, type RecipientChannelsChange } from './channels-changed.type.ts';

const NAME = 'recipient.channels-changed' satisfies EventName;

@Resolver()
export class ChannelsChangedSubscription {
  @Subscription(() => RecipientStreamItem, {
    description:
      'Whose channels change, as they change: each change once and in order. With `after` it first gives what was missed.',
    subscribe: ({ args, context }) =>
      openStream(args as SubscriptionArguments, context as RecipientsContext),
  })
  async recipientChannelsChanged(
    @Root() item: TailItem,
    @Ctx() { loaders }: RecipientsContext,
    @Arg('recipientIds', () => [ID], {
      nullable: true,
      description: 'Of these recipients, at most 1,000; of all of the tenant where left out.',
    })
    _recipientIds?: string[] | null,
    @Arg('after', () => String, {
      nullable: true,
      description: 'The cursor of the last change that was seen.',
    })
    _after?: string | null,
  ): Promise<RecipientChannelsChange | StreamGap> {
    if (item.kind === 'gap') return { resumeAfter: cursorOf(item.resumeAfter) };
    const { payload, occurredAt, position } = item.event;
    const { recipientId } = payload as EventPayloads[typeof NAME];
    // The context lives as long as the stream, and what it read before this change is old.
    for (const loader of [loaders.recipient, loaders.addresses, loaders.devices]) {
      loader.clear(recipientId);
    }
    const recipient = await loaders.recipient.load(recipientId);
    return { recipient, occurredAt: new Date(occurredAt), cursor: cursorOf(position) };
  }
}

interface SubscriptionArguments {
  readonly recipientIds?: readonly string[] | null;
  readonly after?: string | null;
}

async function openStream(
  { recipientIds, after }: SubscriptionArguments,
  { principal, tail }: RecipientsContext,
): Promise<Stream<TailItem>> {
  requireScope(principal, 'recipients:read');
  const wanted = idFilter('recipientIds', recipientIds, (id) => uuidOf('recipient', id));
  return tail.subscribe({
    tenantId: principal.tenantId,
    after: resumeAfter(after),
    wants: ({ name, payload }) =>
      name === NAME && (wanted?.has((payload as EventPayloads[typeof NAME]).recipientId) ?? true),
  });
}
