// The live stream of consent changes, resumable from any cursor: a preference page stays true by it.
import { Arg, Ctx, ID, Resolver, Root, Subscription } from 'type-graphql';
import { assert } from '../../../platform/assert.ts';
import { cursorOf } from '../../../platform/event-log.ts';
import { idFilter, resumeAfter, type TailItem } from '../../../platform/live-tail.ts';
import { requireScope } from '../../../platform/principal.ts';
import type { Stream } from '../../../platform/stream.ts';
import type { EventName, EventPayloads } from '../../../schema/events.ts';
import { publicId, uuidOf } from '../../../schema/ids.ts';
import type { StreamGap } from '../../../schema/stream-gap.ts';
import type { ConsentContext } from '../context.ts';
import { ConsentStreamItem, type ConsentChange } from './consent-changed.type.ts';
import { toState } from './consent.type.ts';

const NAME = 'consent.recorded' satisfies EventName;

@Resolver()
export class ConsentChangedSubscription {
  @Subscription(() => ConsentStreamItem, {
    description:
      'What people agree to and take back, as it is recorded: each record once and in order. With `after` it first gives what was missed.',
    subscribe: ({ args, context }) =>
      openStream(args as SubscriptionArguments, context as ConsentContext),
  })
  async consentChanged(
    @Root() item: TailItem,
    @Ctx() { loaders }: ConsentContext,
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
  ): Promise<ConsentChange | StreamGap> {
    if (item.kind === 'gap') return { resumeAfter: cursorOf(item.resumeAfter) };
    const { consentId } = item.event.payload as EventPayloads[typeof NAME];
    const record = await loaders.records.load(consentId);
    // The context lives as long as the stream, and a record is not read twice.
    loaders.records.clear(consentId);
    assert(record !== null, 'what was recorded is never deleted');
    const { recipientId } = record;
    return {
      consent: toState(record),
      recipient: recipientId === null ? null : { id: publicId('recipient', recipientId) },
      cursor: cursorOf(item.event.position),
    };
  }
}

interface SubscriptionArguments {
  readonly recipientIds?: readonly string[] | null;
  readonly after?: string | null;
}

async function openStream(
  { recipientIds, after }: SubscriptionArguments,
  { principal, tail }: ConsentContext,
): Promise<Stream<TailItem>> {
  requireScope(principal, 'consent:read');
  const wanted = idFilter('recipientIds', recipientIds, (id) => uuidOf('recipient', id));
  return tail.subscribe({
    tenantId: principal.tenantId,
    after: resumeAfter(after),
    wants: ({ name, payload }) =>
      name === NAME &&
      (wanted?.has((payload as EventPayloads[typeof NAME]).recipientId ?? null) ?? true),
  });
}
