// The live stream of conversations, resumable from any cursor: an agent's desk sees who waits as it happens.
import { Arg, Ctx, Resolver, Root, Subscription } from 'type-graphql';
import { assert } from '../../../platform/assert.ts';
import { cursorOf, type LoggedEvent } from '../../../platform/event-log.ts';
import { idFilter, resumeAfter, type TailItem } from '../../../platform/live-tail.ts';
import { requireScope } from '../../../platform/principal.ts';
import type { Stream } from '../../../platform/stream.ts';
import type { EventName, EventPayloads } from '../../../schema/events.ts';
import { uuidOf } from '../../../schema/ids.ts';
import type { StreamGap } from '../../../schema/stream-gap.ts';
import type { DeliveryContext } from '../context.ts';
import { toConversation, toEntry } from './conversation.resolver.ts';
import {
  ConversationChangeFilter,
  ConversationStreamItem,
  type ConversationChange,
} from './conversation.type.ts';

const NAME = 'conversation.changed' satisfies EventName;

@Resolver()
export class ConversationChangedSubscription {
  @Subscription(() => ConversationStreamItem, {
    description:
      'What is said in conversations, as it is recorded: each entry once and in order. With `after` it first gives what was missed.',
    subscribe: ({ args, context }) =>
      openStream(args as SubscriptionArguments, context as DeliveryContext),
  })
  async conversationChanged(
    @Root() item: TailItem,
    @Ctx() { loaders }: DeliveryContext,
    @Arg('filter', () => ConversationChangeFilter, {
      nullable: true,
      description: 'Everything of the tenant where left out.',
    })
    _filter?: ConversationChangeFilter | null,
    @Arg('after', () => String, {
      nullable: true,
      description: 'The cursor of the last change that was seen.',
    })
    _after?: string | null,
  ): Promise<ConversationChange | StreamGap> {
    if (item.kind === 'gap') return { resumeAfter: cursorOf(item.resumeAfter) };
    const { conversationId, entryId, state } = item.event.payload as EventPayloads[typeof NAME];
    // The context lives as long as the stream, and a conversation goes on.
    const [conversation, entry] = await Promise.all([
      loaders.conversation.clear(conversationId).load(conversationId),
      loaders.entry.load(entryId),
    ]);
    loaders.entry.clear(entryId);
    assert(conversation !== null, 'a conversation is never deleted');
    return {
      conversation: toConversation(conversation),
      state,
      entry: entry && toEntry(entry),
      cursor: cursorOf(item.event.position),
    };
  }
}

interface SubscriptionArguments {
  readonly filter?: ConversationChangeFilter | null;
  readonly after?: string | null;
}

async function openStream(
  { filter, after }: SubscriptionArguments,
  { principal, tail }: DeliveryContext,
): Promise<Stream<TailItem>> {
  requireScope(principal, 'conversations:read');
  const { tenantId } = principal;
  return tail.subscribe({ tenantId, after: resumeAfter(after), wants: wantedBy(filter ?? {}) });
}

function wantedBy(filter: ConversationChangeFilter): (event: LoggedEvent) => boolean {
  const recipientIds = idFilter('recipientIds', filter.recipientIds, (id) =>
    uuidOf('recipient', id),
  );
  const channels = filter.channels ? new Set(filter.channels) : null;
  const states = filter.states ? new Set(filter.states) : null;
  return ({ name, payload }) => {
    if (name !== NAME) return false;
    const { recipientId, channel, state } = payload as EventPayloads[typeof NAME];
    return (
      (recipientIds?.has(recipientId) ?? true) &&
      (channels?.has(channel) ?? true) &&
      (states?.has(state) ?? true)
    );
  };
}
