// Goes on with a campaign: sees the next people of its audience, and writes messages, refusals and its place in one commit.
import type { Transaction } from '../../platform/database.ts';
import { stillHeld, type ClaimedTask } from '../../platform/task-queue.ts';
import { acceptBatch, type AcceptResult } from './accept-message.ts';
import {
  campaignIdOf,
  putCampaignTask,
  removeCampaignTask,
  tellCampaignsChanged,
} from './campaign-task.ts';
import { openCampaignVariables } from './campaign-variables.ts';
import type { MessagesDeps } from './deps.ts';
import { peopleNow, restAfter, type CampaignPace } from './domain/campaign-pace.ts';
import {
  countRefusals,
  nearestReason,
  refusalCodes,
  type CampaignRefusal,
} from './domain/campaign-refusal.ts';
import { isEnded, movedCampaign, type CampaignMove } from './domain/campaign-state.ts';
import type { AcceptRequest } from './draft-message.ts';
import { linkMessages } from './store/campaign-messages.ts';
import type { Refusal } from './refusal.ts';
import { keepRefusals, type RefusedPerson } from './store/campaign-refusals.ts';
import { lockCampaign, saveCampaign, waitingCount, type Campaign } from './store/campaigns.ts';
import {
  findApprovedTemplates,
  type StoredTemplate,
  type TemplateCache,
} from './store/find-template.ts';
import { sweepCampaign } from './sweep-campaign.ts';

export interface WalkDeps extends MessagesDeps {
  readonly pace: CampaignPace;
}

/** One step of one campaign, in a transaction of its tenant. A holder that lost its task meanwhile writes nothing. */
export async function walkCampaign(
  deps: WalkDeps,
  templates: TemplateCache,
  task: ClaimedTask,
): Promise<void> {
  const { tenantId } = task;
  const step = (work: (tx: Transaction, campaign: Campaign) => Promise<Campaign>): Promise<void> =>
    deps.database.transaction(tenantId, async (tx) => {
      if (!(await stillHeld(tx, 'messages', [task])).has(task)) return;
      const campaign = await lockCampaign(tx, tenantId, campaignIdOf(task.key));
      if (campaign === null) throw new Error('a campaign outlives its task');
      const changed = await work(tx, campaign);
      if (changed === campaign) return;
      const which = { tenantId, campaignId: campaign.id };
      await Promise.all([saveCampaign(tx, changed), tellCampaignsChanged(tx, deps, [which])]);
    });
  try {
    await step((tx, campaign) => goOn(tx, deps, templates, campaign));
  } catch (error) {
    if (!(error instanceof TemplateChanged)) throw error;
    await step(async (tx, campaign) => {
      await removeCampaignTask(tx, { tenantId, campaignId: campaign.id });
      const paused = move(deps, campaign, 'PAUSE');
      return { ...paused, pauseReason: 'TEMPLATE_CHANGED' };
    });
  }
}

/** The version that the campaign sends is not the one that would be sent: nothing of the page is written. */
class TemplateChanged extends Error {}

async function goOn(
  tx: Transaction,
  deps: WalkDeps,
  templates: TemplateCache,
  campaign: Campaign,
): Promise<Campaign> {
  const which = { tenantId: campaign.tenantId, campaignId: campaign.id };
  const now = deps.clock.now();
  switch (campaign.state) {
    case 'CANCELLED':
      return sweepCampaign(tx, deps, templates, campaign);
    case 'SCHEDULED': {
      const delayMs = (campaign.sendAt ?? now) - now;
      if (delayMs <= 0) return seeNext(tx, deps, templates, move(deps, campaign, 'BEGIN'));
      await putCampaignTask(tx, which, delayMs);
      return campaign;
    }
    case 'RUNNING':
      return seeNext(tx, deps, templates, campaign);
    case 'PAUSED':
    case 'COMPLETED':
    case 'EXPIRED':
      await removeCampaignTask(tx, which);
      return campaign;
  }
}

async function seeNext(
  tx: Transaction,
  deps: WalkDeps,
  templates: TemplateCache,
  campaign: Campaign,
): Promise<Campaign> {
  const { tenantId, id: campaignId, messagesPerSecond, expiresAt, walkedAt } = campaign;
  const which = { tenantId, campaignId };
  const now = deps.clock.now();
  const waiting = waitingCount(campaign);
  const end = walkedAt !== null && waiting <= 0 ? 'COMPLETE' : null;
  const over = walkedAt === null && expiresAt !== null && now >= expiresAt ? 'EXPIRE' : end;
  if (over !== null) {
    await removeCampaignTask(tx, which);
    return move(deps, campaign, over);
  }
  const { pace } = deps;
  const limit = peopleNow(pace, { waitingCount: waiting, messagesPerSecond });
  if (walkedAt !== null || limit === 0) {
    await putCampaignTask(tx, which, walkedAt === null ? pace.roomAgainMs : pace.endAgainMs);
    return campaign;
  }
  const { filter, seenUntil: after } = campaign;
  // Ids are in the order of time: whoever was registered after the campaign is not of its audience.
  const { scanMax } = pace;
  const look = { filter, after, before: campaignId, limit, scanMax, now };
  const [{ nodes: recipientIds, next }, template] = await Promise.all([
    deps.ports.audience(tx, tenantId, look),
    approvedVersion(tx, templates, campaign),
  ]);
  const results = await accept(tx, deps, campaign, template, recipientIds);
  const { messageIds, refused } = sorted(campaign, recipientIds, results);
  await linkMessages(tx, { tenantId, campaignId, messageIds });
  await keepRefusals(tx, which, refused);
  await putCampaignTask(tx, which, restAfter(messageIds.length, messagesPerSecond));
  return {
    ...campaign,
    seenUntil: next ?? after,
    seenCount: campaign.seenCount + recipientIds.length,
    acceptedCount: campaign.acceptedCount + messageIds.length,
    refusalCounts: countRefusals(campaign.refusalCounts, refused),
    startedAt: campaign.startedAt ?? now,
    walkedAt: next === null ? now : null,
  };
}

/** The version that the campaign sends, where it is the one that would be sent. */
async function approvedVersion(
  tx: Transaction,
  templates: TemplateCache,
  { tenantId, templateId }: Campaign,
): Promise<StoredTemplate> {
  const name = (await templates.get(tx, [templateId])).get(templateId)?.name ?? '';
  const approved = (await findApprovedTemplates(tx, tenantId, [name])).get(name);
  if (approved?.id !== templateId) throw new TemplateChanged();
  return approved;
}

/** The consents of the whole page are asked at once, by the same code that takes a single message. */
async function accept(
  tx: Transaction,
  deps: MessagesDeps,
  campaign: Campaign,
  template: StoredTemplate,
  recipientIds: readonly string[],
): Promise<readonly AcceptResult[]> {
  if (recipientIds.length === 0) return [];
  const { tenantId, id: campaignId, expiresAt } = campaign;
  const owner = { tenantId, campaignId };
  const variables = await openCampaignVariables(deps.kms, campaign.variables, owner);
  const requests = recipientIds.map((recipientId): AcceptRequest => ({
    tenantId,
    idempotencyKey: `campaign:${campaignId}:${recipientId}`,
    recipientId,
    templateName: template.name,
    variables,
    reference: null,
    locale: null,
    sendAt: null,
    expiresAt,
  }));
  return acceptBatch(tx, deps, tenantId, requests);
}

interface Seen {
  readonly messageIds: readonly string[];
  readonly refused: readonly RefusedPerson[];
}

/** What of a page was accepted, and who was refused and why, in the order of the page. */
function sorted(
  { templateId }: Campaign,
  recipientIds: readonly string[],
  results: readonly AcceptResult[],
): Seen {
  const messageIds: string[] = [];
  const refused: RefusedPerson[] = [];
  recipientIds.forEach((recipientId, place) => {
    const result = results[place];
    if (result?.ok === true && !result.value.replayed) {
      const { message } = result.value;
      if (message.templateId !== templateId) throw new TemplateChanged();
      messageIds.push(message.id);
    } else {
      // A message that was there before was sent by somebody else, with our key.
      const [refusal] = result?.ok === false ? result.refusals : [KEY_TAKEN];
      refused.push({ recipientId, ...refusalOf(refusal) });
    }
  });
  return { messageIds, refused };
}

const KEY_TAKEN: Refusal = { code: 'IDEMPOTENCY_KEY_REUSED', path: [], sentence: '' };

/** Throws where it is not about the person: the page is taken again, or the campaign pauses. */
function refusalOf(refusal: Refusal | undefined): CampaignRefusal {
  if (refusal === undefined) throw new Error('another transaction is taking a key of the page');
  const { code, decision } = refusal;
  if (code === 'TEMPLATE_NOT_APPROVED' || code === 'VARIABLES_INVALID') throw new TemplateChanged();
  const about = refusalCodes.find((known) => known === code);
  if (about === undefined) throw new Error(`a page was refused as ${code}`);
  return { code: about, reason: decision ? nearestReason(decision) : null };
}

function move({ clock }: MessagesDeps, campaign: Campaign, deed: CampaignMove): Campaign {
  const now = clock.now();
  const state = movedCampaign(campaign.state, deed, { sendAt: campaign.sendAt, now });
  if (state === null) throw new Error(`a campaign that is ${campaign.state} cannot ${deed}`);
  return { ...campaign, state, endedAt: isEnded(state) ? now : null };
}
