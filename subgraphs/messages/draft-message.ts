// Drafts messages from requests: checks, facts, consents, decision and sealed variables. Nothing is written.
import { assert } from '../../platform/assert.ts';
import type { Transaction } from '../../platform/database.ts';
import type { Channel } from '../../schema/vocabulary.ts';
import { countMarketing } from './count-marketing.ts';
import type { MessagesDeps } from './deps.ts';
import {
  decideRoutes,
  expiryOf,
  planOf,
  refusedByConsent,
  type Decision,
} from './domain/decision.ts';
import { firstAttempts } from './domain/message-state.ts';
import type { Policy } from './domain/policy.ts';
import { isSchedulable, NOT_SCHEDULABLE } from './domain/request.ts';
import { sendableFrom } from './domain/send-hours.ts';
import { momentOf, type SendTime } from './domain/send-time.ts';
import { divide } from './domain/strategy.ts';
import { checkVariables, type Variables } from './domain/template.ts';
import { sealVariables } from './message-variables.ts';
import type { RecipientFacts } from './ports.ts';
import { refusalsOf, refuse, refuseOne, type Refusal, type Result } from './refusal.ts';
import { digestRequest } from './request-digest.ts';
import { findApprovedTemplates, type StoredTemplate } from './store/find-template.ts';
import { openLanes } from './store/lanes.ts';
import type { NewMessage } from './store/insert-messages.ts';
import { channelProviders, weighRoutes, type Weighing } from './weigh-routes.ts';

export interface AcceptRequest {
  readonly tenantId: string;
  readonly idempotencyKey: string;
  /** UUID. */
  readonly recipientId: string;
  readonly templateName: string;
  readonly variables: Variables;
  /** The caller's own name of the business event, such as `order:12345`. */
  readonly reference: string | null;
  /** The recipient's locale where null. */
  readonly locale: string | null;
  /** Where given, no other channels than these, whatever the template allows. */
  readonly channels?: readonly Channel[];
  /** When it is to be sent; at once where null. */
  readonly sendAt: SendTime | null;
  /** Milliseconds since 1970; the template's or the type's default where null. */
  readonly expiresAt: number | null;
}

/** A request with the message that it would become, or with why it would not. */
export interface Draft {
  readonly request: AcceptRequest;
  readonly draft: Result<NewMessage & { readonly template: StoredTemplate }>;
}

/** What requests are weighed against, but for consent: read at once for all of them. */
export interface Ground {
  readonly tenantId: string;
  readonly templates: ReadonlyMap<string, StoredTemplate>;
  readonly facts: ReadonlyMap<string, RecipientFacts>;
  /** Ids of providers whose breaker is open. */
  readonly unavailable: ReadonlySet<string>;
  /** The tenant's. */
  readonly policy: Policy;
}

export async function loadGround(
  tx: Transaction,
  deps: Pick<MessagesDeps, 'ports' | 'policies'>,
  tenantId: string,
  requests: readonly AcceptRequest[],
): Promise<Ground> {
  const names = [...new Set(requests.map((request) => request.templateName))];
  const recipientIds = [...new Set(requests.map((request) => request.recipientId))];
  const [templates, facts, unavailable, policy] = await Promise.all([
    findApprovedTemplates(tx, tenantId, names),
    deps.ports.recipientFacts(tx, tenantId, recipientIds),
    openLanes(tx),
    deps.policies.ofTenant(tx, tenantId),
  ]);
  return { tenantId, templates, facts, unavailable, policy };
}

/** A request that could be weighed, with what came of it. */
export type WeighedRequest = CheckedRequest & { readonly decision: Decision };

/** Decides for each request, in their order; one whose decision has no route is decided too. Nothing is written. `holds`:
 *  what was counted stays so until the transaction ends. */
export async function decideRequests(
  tx: Transaction,
  deps: Pick<MessagesDeps, 'ports' | 'providers' | 'clock'>,
  ground: Ground,
  requests: readonly AcceptRequest[],
  holds: boolean,
): Promise<Result<WeighedRequest>[]> {
  const now = deps.clock.now();
  const checked = requests.map((request) => checkRequest(request, ground, now));
  const weighings = checked.flatMap((result) => (result.ok ? [result.value] : []));
  const providers = channelProviders(deps.providers);
  const consent = deps.ports.consent;
  const offers = weighings.filter(({ template }) => template.purpose === 'MARKETING');
  const recipientIds = offers.map(({ askedId }) => askedId);
  const { tenantId, policy } = ground;
  const [negotiated, count] = await Promise.all([
    weighRoutes(tx, weighings, { consent, providers, now }),
    countMarketing(tx, tenantId, { recipientIds, holds }, { cap: policy.marketingCap, now }),
  ]);
  const negotiations = negotiated.values();
  return checked.map((result) => {
    if (!result.ok) return result;
    const { template, askedId, sendAt } = result.value;
    const negotiation = negotiations.next().value;
    assert(negotiation !== undefined, 'each weighing has its negotiation');
    const isOffer = template.purpose === 'MARKETING';
    const isOverCap = isOffer && count.isFull(askedId, sendAt ?? now);
    const decision = divide(decideRoutes({ ...negotiation, isOverCap }, policy), template);
    if (isOffer && planOf(decision).length > 0) count.add(askedId, sendAt ?? now);
    return { ok: true, value: { ...result.value, decision } };
  });
}

/** Drafts each request. Nothing is written here. */
export async function draftMessages(
  tx: Transaction,
  deps: MessagesDeps,
  ground: Ground,
  requests: readonly AcceptRequest[],
): Promise<Draft[]> {
  if (requests.length === 0) return [];
  const decided = await decideRequests(tx, deps, ground, requests, true);
  return Promise.all(
    requests.map(async (request, index): Promise<Draft> => {
      const result = decided[index] ?? refuse([]);
      return {
        request,
        draft: result.ok ? await draftMessage(deps, request, result.value) : result,
      };
    }),
  );
}

/** Why a message with this decision is not accepted; null where it has a route. */
export function refusalOf(decision: Decision): Refusal | null {
  if (planOf(decision).length > 0) return null;
  const consent = refusedByConsent(decision);
  const code = consent ? 'CONSENT_REFUSED' : 'NO_ROUTE';
  const sentence = consent
    ? 'The recipient has not permitted any channel that could carry this message.'
    : 'No channel can carry this message to the recipient now; the decision says why.';
  return { code, path: ['recipientId'], sentence, decision };
}

type CheckedRequest = Weighing & {
  /** The recipient as the request names them: another person's id, where they were merged. */
  readonly askedId: string;
  readonly stored: StoredTemplate;
  /** Milliseconds since 1970; null: at once. */
  readonly sendAt: number | null;
  readonly expiresAt: number;
};

function checkRequest(
  request: AcceptRequest,
  { templates, facts, unavailable, policy }: Ground,
  now: number,
): Result<CheckedRequest> {
  const known = facts.get(request.recipientId);
  if (known === undefined) {
    return refuseOne('NOT_FOUND', ['recipientId'], 'There is no recipient with this id.');
  }
  const stored = templates.get(request.templateName);
  if (stored === undefined) {
    const sentence = `The template ${request.templateName} has no approved version.`;
    return refuseOne('TEMPLATE_NOT_APPROVED', ['template'], sentence);
  }
  const template = stored.content;
  const findings = checkVariables(template, request.variables);
  if (findings.length > 0) {
    return refuse(refusalsOf('VARIABLES_INVALID', 'variables', findings));
  }
  const wantedAt = scheduleOf(request, known, now);
  if (typeof wantedAt === 'string') return refuseOne('INVALID_INPUT', ['sendAtLocal'], wantedAt);
  const at = wantedAt ?? now;
  const expiresAt = request.expiresAt ?? expiryOf(template, policy, at);
  const sendableAt = sendableFrom(template, known, policy, { at, expiresAt });
  // Marketing waits for its hours; where they do not come in time, no route is left.
  const sendAt = sendableAt === null || sendableAt === at ? wantedAt : sendableAt;
  const { tenantId, variables } = request;
  return {
    ok: true,
    value: {
      tenantId,
      askedId: request.recipientId,
      sendAt,
      expiresAt,
      facts: known,
      template,
      variables,
      channels: request.channels ?? template.channels,
      policy,
      inQuietHours: sendableAt === null,
      // How a provider is now says nothing of when a message for later is sent.
      unavailable: sendAt !== null && sendAt > now ? new Set() : unavailable,
      stored,
    },
  };
}

/** When it is to be sent, or why it cannot be. */
function scheduleOf(
  { sendAt: time, expiresAt }: AcceptRequest,
  { timeZone }: RecipientFacts,
  now: number,
): number | null | string {
  if (time === null) return null;
  const sendAt = momentOf(time, timeZone);
  if (sendAt === null) return 'The time zone of the recipient is not known.';
  if (time.kind === 'local' && !isSchedulable(sendAt, now)) return NOT_SCHEDULABLE;
  if (expiresAt !== null && expiresAt <= sendAt) return 'The message is sent before it expires.';
  return sendAt;
}

async function draftMessage(
  deps: MessagesDeps,
  request: AcceptRequest,
  { facts, stored, sendAt, expiresAt, decision }: WeighedRequest,
): Promise<Draft['draft']> {
  const refusal = refusalOf(decision);
  if (refusal !== null) return refuse([refusal]);
  const attempts = firstAttempts(planOf(decision), decision.lineCount ?? 1, deps.newUuid);
  const now = Date.parse(decision.decidedAt);
  const id = deps.newUuid();
  const { tenantId, recipientId, variables } = request;
  return {
    ok: true,
    value: {
      tenantId,
      id,
      idempotencyKey: request.idempotencyKey,
      requestDigest: await digestRequest(deps.kms, tenantId, bodyOf(request)),
      recipientId,
      templateId: stored.id,
      reference: request.reference,
      locale: request.locale ?? facts.locale,
      variablesSealed: sealVariables(variables, {
        tenantId,
        messageId: id,
        recipientId,
        dataKey: facts.dataKey,
      }),
      decision,
      sendAt,
      expiresAt,
      createdAt: now,
      attempts,
      template: stored,
    },
  };
}

/** What makes two requests the same message, in a fixed order. */
export function bodyOf(request: AcceptRequest): readonly unknown[] {
  const variables = [...request.variables].sort(([a], [b]) => (a < b ? -1 : 1));
  const { recipientId, templateName, reference, locale, expiresAt, sendAt } = request;
  const body = [recipientId, templateName, variables, reference, locale, expiresAt];
  return sendAt === null ? body : [...body, sendAt];
}
