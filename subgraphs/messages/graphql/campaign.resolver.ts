// Doors to campaigns.
import { Arg, Ctx, FieldResolver, ID, Int, Mutation, Query, Resolver, Root } from 'type-graphql';
import { pageOf, readPage } from '../../../platform/page.ts';
import { requireScope } from '../../../platform/principal.ts';
import { isUuid, publicId, uuidOf } from '../../../schema/ids.ts';
import { hasRegionOrNone, REGION_EXPECTED } from '../../../schema/recipient-filter.ts';
import { InvalidInput } from '../../../schema/user-errors.ts';
import { CampaignState } from '../../../schema/vocabulary-campaigns.ts';
import type { AcceptedMessage } from '../accept-message.ts';
import type { MessagesContext } from '../context.ts';
import { createCampaign } from '../create-campaign.ts';
import { campaignOf } from '../domain/campaign-request.ts';
import { moveCampaign, type CampaignDeed } from '../move-campaign.ts';
import { refuse } from '../refusal.ts';
import { findCampaignMessages } from '../store/campaign-messages.ts';
import { findRefusals } from '../store/campaign-refusals.ts';
import {
  findCampaignPage,
  waitingCount,
  type Campaign as CampaignRow,
} from '../store/campaigns.ts';
import { CreateCampaignInput, MoveCampaignInput } from './campaign.input.ts';
import {
  Campaign,
  CampaignConnection,
  CampaignProgress,
  CampaignRefusalConnection,
  CreateCampaignPayload,
  MoveCampaignPayload,
} from './campaign.type.ts';
import { errorsOf } from './errors.ts';
import { MessageConnection } from './message-connection.type.ts';
import { Message } from './message.type.ts';
import { templateOf, type TemplateRoot } from './template.resolver.ts';
import { Template } from './template.type.ts';

const FIRST = { nullable: true, description: 'From 1 to 100; 50 when missing.' } as const;
const AFTER = { nullable: true, description: 'The cursor of the item before.' } as const;

@Resolver(() => Campaign)
export class CampaignResolver {
  @Query(() => Campaign, { nullable: true, description: 'A campaign; null when there is none.' })
  async campaign(
    @Arg('id', () => ID, { description: 'The campaign, `cpn_...`.' }) id: string,
    @Ctx() { principal, loaders }: MessagesContext,
  ): Promise<CampaignRow | null> {
    requireScope(principal, 'campaigns:read');
    const uuid = uuidOf('campaign', id);
    return uuid === null ? null : loaders.campaign.load(uuid);
  }

  @Query(() => CampaignConnection, { description: 'Campaigns, newest first.' })
  async campaigns(
    @Arg('first', () => Int, FIRST) first: number | null,
    @Arg('after', () => String, AFTER) after: string | null,
    @Arg('state', () => CampaignState, { nullable: true, description: 'All of them when missing.' })
    state: CampaignState | null,
    @Ctx() { principal, database }: MessagesContext,
  ): Promise<CampaignConnection> {
    const { tenantId } = principal;
    requireScope(principal, 'campaigns:read');
    const page = readPage(first, after, isUuid);
    const ask = { state, before: page.after, limit: page.first + 1 };
    const rows = await database.read(tenantId, (tx) => findCampaignPage(tx, tenantId, ask));
    return pageOf(rows, page, ({ id }) => id);
  }

  @Mutation(() => CreateCampaignPayload, {
    description:
      'Begins to send a template to everybody whom a filter means and who may be sent it. Answers at once; `campaignProgress` tells how far it is.',
  })
  async createCampaign(
    @Arg('input', () => CreateCampaignInput, { description: 'What goes to whom.' })
    input: CreateCampaignInput,
    @Ctx() context: MessagesContext,
  ): Promise<CreateCampaignPayload> {
    const { principal, clock } = context;
    requireScope(principal, 'campaigns:write');
    if (!hasRegionOrNone(input.filter)) {
      const error = new InvalidInput(['filter', 'region'], REGION_EXPECTED);
      return { campaign: null, replayed: false, errors: [error] };
    }
    const checked = campaignOf(wanted(input), clock.now());
    const result =
      'findings' in checked
        ? refuse(checked.findings)
        : await createCampaign(context, principal, checked.request);
    if (result.ok) return { ...result.value, errors: [] };
    const errors = errorsOf(result.refusals) as CreateCampaignPayload['errors'];
    return { campaign: null, replayed: false, errors };
  }

  @Mutation(() => MoveCampaignPayload, {
    description: 'Puts nothing more into the queue. What is in there goes out: 2,000 at the most.',
  })
  async pauseCampaign(
    @Arg('input', () => MoveCampaignInput, { description: 'Which one.' }) input: MoveCampaignInput,
    @Ctx() context: MessagesContext,
  ): Promise<MoveCampaignPayload> {
    return moved(context, input, 'PAUSE');
  }

  @Mutation(() => MoveCampaignPayload, {
    description:
      'Goes on where it was paused, with the template’s version that is approved now. Nobody is seen twice.',
  })
  async resumeCampaign(
    @Arg('input', () => MoveCampaignInput, { description: 'Which one.' }) input: MoveCampaignInput,
    @Ctx() context: MessagesContext,
  ): Promise<MoveCampaignPayload> {
    return moved(context, input, 'RESUME');
  }

  @Mutation(() => MoveCampaignPayload, {
    description:
      'Ends it: nobody more is seen, and what no provider has taken yet is cancelled as well.',
  })
  async cancelCampaign(
    @Arg('input', () => MoveCampaignInput, { description: 'Which one.' }) input: MoveCampaignInput,
    @Ctx() context: MessagesContext,
  ): Promise<MoveCampaignPayload> {
    return moved(context, input, 'CANCEL');
  }

  @FieldResolver(() => ID)
  id(@Root() { id }: CampaignRow): string {
    return publicId('campaign', id);
  }

  @FieldResolver(() => Template)
  async template(
    @Root() { templateId }: CampaignRow,
    @Ctx() { loaders }: MessagesContext,
  ): Promise<TemplateRoot> {
    const found = await loaders.template.load(templateId);
    if (found === null) throw new Error('a campaign keeps its template');
    return templateOf(found);
  }

  @FieldResolver(() => CampaignProgress)
  progress(@Root() campaign: CampaignRow): CampaignProgress {
    const { seenCount, acceptedCount, refusalCounts, walkedAt, outcomes } = campaign;
    const counts = Object.entries({ ACCEPTED: waitingCount(campaign), ...outcomes });
    return {
      seenCount,
      acceptedCount,
      refusedCount: seenCount - acceptedCount,
      refusedBecause: refusalCounts,
      outcomes: counts.flatMap(([status, count]) =>
        count > 0 ? [{ status: status as keyof typeof outcomes, count }] : [],
      ),
      isEverybodySeen: walkedAt !== null,
    };
  }

  @FieldResolver(() => MessageConnection, {
    description: 'Its messages, in the order in which they were accepted.',
  })
  async messages(
    @Root() { id: campaignId }: CampaignRow,
    @Arg('first', () => Int, FIRST) first: number | null,
    @Arg('after', () => String, AFTER) after: string | null,
    @Ctx() { principal, database, loaders }: MessagesContext,
  ): Promise<MessageConnection> {
    const { tenantId } = principal;
    requireScope(principal, 'messages:read');
    const page = readPage(first, after, isUuid);
    const ask = { campaignId, after: page.after, limit: page.first + 1 };
    const ids = await database.read(tenantId, (tx) => findCampaignMessages(tx, tenantId, ask));
    const { edges, pageInfo } = pageOf(ids, page, (id) => id);
    const nodes = await loaders.message.loadMany(edges.map(({ node }) => node));
    return {
      pageInfo,
      edges: edges.map(({ cursor }, place) => {
        const node = nodes[place];
        if (!node || node instanceof Error)
          throw node ?? new Error('a campaign keeps its messages');
        return { cursor, node };
      }),
    };
  }

  @FieldResolver(() => CampaignRefusalConnection, {
    description: 'To whom it does not go, and why, in the order in which they were seen.',
  })
  async refusals(
    @Root() { id: campaignId }: CampaignRow,
    @Arg('first', () => Int, FIRST) first: number | null,
    @Arg('after', () => String, AFTER) after: string | null,
    @Ctx() { principal, database }: MessagesContext,
  ): Promise<CampaignRefusalConnection> {
    const { tenantId } = principal;
    const page = readPage(first, after, isUuid);
    const ask = { campaignId, after: page.after, limit: page.first + 1 };
    const rows = await database.read(tenantId, (tx) => findRefusals(tx, tenantId, ask));
    const { edges, pageInfo } = pageOf(rows, page, ({ recipientId }) => recipientId);
    return {
      pageInfo,
      edges: edges.map(({ cursor, node: { recipientId, code, reason } }) => ({
        cursor,
        node: { recipient: { id: publicId('recipient', recipientId) }, code, reason },
      })),
    };
  }
}

@Resolver(() => Message)
export class MessageCampaignResolver {
  @FieldResolver(() => Campaign, {
    nullable: true,
    description: 'The campaign that it was sent by; null where it was sent by itself.',
  })
  async campaign(
    @Root() { id }: AcceptedMessage,
    @Ctx() { principal, loaders }: MessagesContext,
  ): Promise<CampaignRow | null> {
    requireScope(principal, 'campaigns:read');
    const campaignId = await loaders.campaignOf.load(id);
    return campaignId === null ? null : loaders.campaign.load(campaignId);
  }
}

/** What was left out is null from here on. */
function wanted({ filter, sendAt, expiresAt, messagesPerSecond, ...input }: CreateCampaignInput) {
  const { region = null, carrier = null, channel } = filter;
  const { supported = null, isReachable = null } = channel ?? {};
  return {
    ...input,
    filter: {
      region,
      carrier,
      channel: channel ? { channel: channel.channel, supported, isReachable } : null,
    },
    sendAt: sendAt ?? null,
    expiresAt: expiresAt ?? null,
    messagesPerSecond: messagesPerSecond ?? null,
  };
}

async function moved(
  context: MessagesContext,
  input: MoveCampaignInput,
  deed: CampaignDeed,
): Promise<MoveCampaignPayload> {
  const { principal, templates } = context;
  requireScope(principal, 'campaigns:write');
  const campaignId = uuidOf('campaign', input.campaignId);
  const which = { tenantId: principal.tenantId, campaignId };
  const result = await moveCampaign(context, templates, which, deed);
  if (result.ok) return { ...result.value, errors: [] };
  const errors = errorsOf(result.refusals) as MoveCampaignPayload['errors'];
  return { campaign: null, replayed: false, errors };
}
