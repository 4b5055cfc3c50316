// Creates a campaign: what is asked for becomes a row and a task, and the audience is seen later, page by page.
import type { Transaction } from '../../platform/database.ts';
import { putCampaignTask, tellCampaignsChanged } from './campaign-task.ts';
import { sealCampaignVariables } from './campaign-variables.ts';
import type { MessagesDeps } from './deps.ts';
import { checkCampaignTemplate, type CampaignRequest } from './domain/campaign-request.ts';
import { stateOfNew } from './domain/campaign-state.ts';
import { defaultPace } from './domain/campaign-pace.ts';
import { refuse, refuseOne, type Result } from './refusal.ts';
import { digestRequest, sameRequest } from './request-digest.ts';
import {
  countOpenCampaigns,
  findCampaignByKey,
  insertCampaign,
  type Campaign,
} from './store/campaigns.ts';
import { findApprovedTemplates } from './store/find-template.ts';

interface Caller {
  readonly tenantId: string;
  /** The subject of the token. */
  readonly subject: string;
}

export interface CreatedCampaign {
  readonly campaign: Campaign;
  readonly replayed: boolean;
}

/** Seconds after which a campaign may have ended. */
const ENDED_AFTER_SECONDS = 60;

/** One campaign a key: a repetition finds the first one, whatever became of it. */
export async function createCampaign(
  deps: MessagesDeps,
  { tenantId, subject }: Caller,
  request: CampaignRequest,
): Promise<Result<CreatedCampaign>> {
  return deps.database.transaction(tenantId, async (tx) => {
    const { idempotencyKey, templateName, variables } = request;
    const earlier = await findCampaignByKey(tx, tenantId, idempotencyKey);
    if (earlier !== null) return repeat(deps, earlier, request);
    const template = (await findApprovedTemplates(tx, tenantId, [templateName])).get(templateName);
    if (template === undefined) {
      const sentence = `The template ${templateName} has no approved version.`;
      return refuseOne('TEMPLATE_NOT_APPROVED', ['template'], sentence);
    }
    const findings = checkCampaignTemplate(template.content, variables);
    if (findings.length > 0) return refuse(findings);
    if ((await countOpenCampaigns(tx, tenantId)) >= defaultPace.openMax) return tooMany();
    const campaignId = deps.newUuid();
    const now = deps.clock.now();
    const { name, filter, sendAt, expiresAt, messagesPerSecond } = request;
    const inserted = await insertCampaign(tx, {
      tenantId,
      id: campaignId,
      idempotencyKey,
      requestDigest: await digestRequest(deps.kms, tenantId, bodyOf(request)),
      name,
      templateId: template.id,
      filter,
      variables: await sealCampaignVariables(deps.kms, variables, { tenantId, campaignId }),
      messagesPerSecond,
      createdBy: subject,
      createdAt: now,
      sendAt,
      expiresAt,
      state: stateOfNew(sendAt, now),
    });
    const campaign = await findCampaignByKey(tx, tenantId, idempotencyKey);
    if (campaign === null) throw new Error('what was inserted, or kept from being so, is there');
    if (!inserted) return repeat(deps, campaign, request);
    await begin(tx, deps, campaign);
    return { ok: true, value: { campaign, replayed: false } };
  });
}

async function begin(tx: Transaction, deps: MessagesDeps, campaign: Campaign): Promise<void> {
  const { tenantId, id: campaignId, sendAt } = campaign;
  const which = { tenantId, campaignId };
  const delayMs = sendAt === null ? 0 : Math.max(0, sendAt - deps.clock.now());
  await Promise.all([putCampaignTask(tx, which, delayMs), tellCampaignsChanged(tx, deps, [which])]);
}

async function repeat(
  { kms }: MessagesDeps,
  earlier: Campaign,
  request: CampaignRequest,
): Promise<Result<CreatedCampaign>> {
  if (await sameRequest(kms, earlier.tenantId, bodyOf(request), earlier.requestDigest)) {
    return { ok: true, value: { campaign: earlier, replayed: true } };
  }
  const sentence = 'This key came before with another body; use a new key for another campaign.';
  return refuseOne('IDEMPOTENCY_KEY_REUSED', ['idempotencyKey'], sentence);
}

function tooMany(): ReturnType<typeof refuse> {
  return refuse([
    {
      code: 'LIMIT_REACHED',
      path: [],
      sentence: `${defaultPace.openMax} campaigns of the tenant have not ended.`,
      retryAfterSeconds: ENDED_AFTER_SECONDS,
    },
  ]);
}

/** What makes two requests the same campaign, in a fixed order. */
function bodyOf(request: CampaignRequest): readonly unknown[] {
  const variables = [...request.variables].sort(([a], [b]) => (a < b ? -1 : 1));
  const { name, templateName, filter, sendAt, expiresAt, messagesPerSecond } = request;
  const { region, carrier, channel } = filter;
  const whom = [region, carrier, channel?.channel, channel?.supported, channel?.isReachable];
  return ['campaign', name, templateName, whom, variables, sendAt, expiresAt, messagesPerSecond];
}
