// The live stream of one campaign, resumable from any cursor.
import { Arg, Ctx, ID, Resolver, Root, Subscription } from 'type-graphql';
import { ApiError } from '../../../platform/errors.ts';
import { cursorOf } from '../../../platform/event-log.ts';
import { resumeAfter, type TailItem } from '../../../platform/live-tail.ts';
import { requireScope } from '../../../platform/principal.ts';
import type { Stream } from '../../../platform/stream.ts';
import type { EventName, EventPayloads } from '../../../schema/events.ts';
import { uuidOf } from '../../../schema/ids.ts';
import type { StreamGap } from '../../../schema/stream-gap.ts';
import type { MessagesContext } from '../context.ts';
import { CampaignStreamItem, type CampaignChange } from './campaign.type.ts';

const NAME = 'campaign.changed' satisfies EventName;

@Resolver()
export class CampaignSubscription {
  @Subscription(() => CampaignStreamItem, {
    description:
      'How far a campaign is, whenever it went on or came into another state. With `after` it first gives what was missed.',
    subscribe: ({ args, context }) =>
      openStream(args as SubscriptionArguments, context as MessagesContext),
  })
  async campaignProgress(
    @Root() item: TailItem,
    @Ctx() { loaders }: MessagesContext,
    @Arg('id', () => ID, { description: 'The campaign, `cpn_...`.' }) _id: string,
    @Arg('after', () => String, {
      nullable: true,
      description: 'The cursor of the last change that was seen.',
    })
    _after?: string | null,
  ): Promise<CampaignChange | StreamGap> {
    if (item.kind === 'gap') return { resumeAfter: cursorOf(item.resumeAfter) };
    const { payload, occurredAt, position } = item.event;
    const { campaignId } = payload as EventPayloads[typeof NAME];
    // The context lives as long as the stream, and what it read before this change is old.
    loaders.campaign.clear(campaignId);
    const campaign = await loaders.campaign.load(campaignId);
    if (campaign === null) throw new Error('a campaign outlives its changes');
    return { campaign, occurredAt: new Date(occurredAt), cursor: cursorOf(position) };
  }
}

interface SubscriptionArguments {
  readonly id: string;
  readonly after?: string | null;
}

async function openStream(
  { id, after }: SubscriptionArguments,
  { principal, loaders, tail }: MessagesContext,
): Promise<Stream<TailItem>> {
  requireScope(principal, 'campaigns:read');
  const campaignId = uuidOf('campaign', id);
  if (campaignId === null || (await loaders.campaign.load(campaignId)) === null) {
    throw new ApiError('NOT_FOUND', 'There is no campaign with this id.');
  }
  return tail.subscribe({
    tenantId: principal.tenantId,
    after: resumeAfter(after),
    wants: ({ name, payload }) =>
      name === NAME && (payload as EventPayloads[typeof NAME]).campaignId === campaignId,
  });
}
