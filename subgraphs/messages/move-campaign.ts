// Pauses, resumes and cancels a campaign. The deed waits for the page under way, and nothing is accepted after it.
import { lockTasks } from '../../platform/task-queue.ts';
import type { Transaction } from '../../platform/database.ts';
import {
  putCampaignTask,
  removeCampaignTask,
  taskKeyOf,
  tellCampaignsChanged,
} from './campaign-task.ts';
import { openCampaignVariables } from './campaign-variables.ts';
import type { MessagesDeps } from './deps.ts';
import { checkCampaignTemplate } from './domain/campaign-request.ts';
import { isEnded, movedCampaign } from './domain/campaign-state.ts';
import { refuse, refuseOne, type Result } from './refusal.ts';
import { lockCampaign, saveCampaign, type Campaign } from './store/campaigns.ts';
import { findApprovedTemplates, type TemplateCache } from './store/find-template.ts';

export type CampaignDeed = 'PAUSE' | 'RESUME' | 'CANCEL';

export interface MovedCampaign {
  readonly campaign: Campaign;
  /** Whether it had been so before. */
  readonly replayed: boolean;
}

interface Which {
  readonly tenantId: string;
  /** UUID; null where the given id is not one. */
  readonly campaignId: string | null;
}

export async function moveCampaign(
  deps: MessagesDeps,
  templates: TemplateCache,
  { tenantId, campaignId }: Which,
  deed: CampaignDeed,
): Promise<Result<MovedCampaign>> {
  if (campaignId === null) return noCampaign();
  return deps.database.transaction(tenantId, async (tx) => {
    await lockTasks(tx, 'messages', [{ tenantId, key: taskKeyOf(campaignId) }]);
    const campaign = await lockCampaign(tx, tenantId, campaignId);
    if (campaign === null) return noCampaign();
    const now = deps.clock.now();
    if (isSo(campaign, deed)) return { ok: true, value: { campaign, replayed: true } };
    const state = movedCampaign(campaign.state, deed, { ...campaign, now });
    if (state === null) {
      const sentence = `The campaign is ${campaign.state}, which does not allow it.`;
      return refuseOne('WRONG_STATE', ['campaignId'], sentence);
    }
    const version = await versionFor(tx, deps, templates, { campaign, deed });
    if (!version.ok) return version;
    const moved: Campaign = {
      ...campaign,
      state,
      templateId: version.value,
      pauseReason: deed === 'PAUSE' ? 'REQUESTED' : null,
      endedAt: isEnded(state) ? now : null,
    };
    await saveCampaign(tx, moved);
    const which = { tenantId, campaignId };
    // Cancelling goes on as work: what waits in the queue is taken out of it.
    if (deed === 'PAUSE') await removeCampaignTask(tx, which);
    else await putCampaignTask(tx, which, 0);
    await tellCampaignsChanged(tx, deps, [which]);
    return { ok: true, value: { campaign: moved, replayed: false } };
  });
}

function isSo({ state }: Campaign, deed: CampaignDeed): boolean {
  switch (deed) {
    case 'PAUSE':
      return state === 'PAUSED';
    case 'RESUME':
      return state === 'SCHEDULED' || state === 'RUNNING';
    case 'CANCEL':
      return state === 'CANCELLED';
  }
}

/** Which version it sends from now on. Resuming takes the one that is approved now, and checks what creating checks. */
async function versionFor(
  tx: Transaction,
  { kms }: MessagesDeps,
  templates: TemplateCache,
  { campaign, deed }: { readonly campaign: Campaign; readonly deed: CampaignDeed },
): Promise<Result<string>> {
  const { tenantId, id: campaignId, templateId } = campaign;
  if (deed !== 'RESUME') return { ok: true, value: templateId };
  const name = (await templates.get(tx, [templateId])).get(templateId)?.name ?? '';
  const approved = (await findApprovedTemplates(tx, tenantId, [name])).get(name);
  if (approved === undefined) {
    const sentence = `The template ${name} has no approved version.`;
    return refuseOne('TEMPLATE_NOT_APPROVED', ['campaignId'], sentence);
  }
  if (approved.id === templateId) return { ok: true, value: templateId };
  const owner = { tenantId, campaignId };
  const variables = await openCampaignVariables(kms, campaign.variables, owner);
  const findings = checkCampaignTemplate(approved.content, variables);
  return findings.length > 0 ? refuse(findings) : { ok: true, value: approved.id };
}

function noCampaign(): Result<never> {
  return refuseOne('NOT_FOUND', ['campaignId'], 'There is no campaign with this id.');
}
