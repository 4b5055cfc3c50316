// The live stream of the follow-up list, resumable from any cursor.
import { Arg, Ctx, Resolver, Root, Subscription } from 'type-graphql';
import { cursorOf } from '../../../platform/event-log.ts';
import { resumeAfter, type TailItem } from '../../../platform/live-tail.ts';
import { requireScope } from '../../../platform/principal.ts';
import type { Stream } from '../../../platform/stream.ts';
import type { EventName, EventPayloads } from '../../../schema/events.ts';
import type { StreamGap } from '../../../schema/stream-gap.ts';
import { FollowUpReason } from '../../../schema/vocabulary-followup.ts';
import type { MessagesContext } from '../context.ts';
import { FollowUpStreamItem, type FollowUpChange } from './follow-up.type.ts';

const NAME = 'followup.changed' satisfies EventName;

@Resolver()
export class FollowUpSubscription {
  @Subscription(() => FollowUpStreamItem, {
    description:
      'What comes onto the follow-up list and what is dealt with: each change once and in order. With `after` it first gives what was missed.',
    subscribe: ({ args, context }) =>
      openStream(args as SubscriptionArguments, context as MessagesContext),
  })
  async followUpChanged(
    @Root() item: TailItem,
    @Ctx() { loaders }: MessagesContext,
    @Arg('reasons', () => [FollowUpReason], {
      nullable: true,
      description: 'Of these reasons; of all where left out.',
    })
    _reasons?: FollowUpReason[] | null,
    @Arg('after', () => String, {
      nullable: true,
      description: 'The cursor of the last change that was seen.',
    })
    _after?: string | null,
  ): Promise<FollowUpChange | StreamGap> {
    if (item.kind === 'gap') return { resumeAfter: cursorOf(item.resumeAfter) };
    const { payload, occurredAt, position } = item.event;
    const { messageId } = payload as EventPayloads[typeof NAME];
    // The context lives as long as the stream, and what it read before this change is old.
    for (const loader of [loaders.followUps, loaders.message, loaders.attempts]) {
      loader.clear(messageId);
    }
    const followUp = await loaders.followUps.load(messageId);
    if (followUp === null) throw new Error('an item outlives its changes');
    return { followUp, occurredAt: new Date(occurredAt), cursor: cursorOf(position) };
  }
}

interface SubscriptionArguments {
  readonly reasons?: readonly FollowUpReason[] | null;
  readonly after?: string | null;
}

async function openStream(
  { reasons, after }: SubscriptionArguments,
  { principal, tail }: MessagesContext,
): Promise<Stream<TailItem>> {
  requireScope(principal, 'followups:read');
  return tail.subscribe({
    tenantId: principal.tenantId,
    after: resumeAfter(after),
    wants: ({ name, payload }) =>
      name === NAME && (reasons?.includes((payload as EventPayloads[typeof NAME]).reason) ?? true),
  });
}
