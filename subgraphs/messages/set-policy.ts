// Sets a tenant's policy: a new version of it, from the one that its author has read, in force within seconds.
import type { MessagesContext } from './context.ts';
import { checkPolicy } from './domain/check-policy.ts';
import {
  changed,
  DEFAULT_VERSION,
  defaultPolicy,
  tenantPolicy,
  type PolicyChange,
} from './domain/policy.ts';
import { isStorable, NOT_STORABLE } from './domain/template.ts';
import { POLICIES_CHANGED } from './policies.ts';
import { refusalsOf, refuse, refuseOne, type Refusal, type Result } from './refusal.ts';
import { insertVersion, newestVersion } from './store/policy-versions.ts';
import type { PolicyRow } from './store/policy.table.ts';

export interface PolicyDraft {
  /** The number of the version that it was made from; 0: the default. */
  readonly basedOn: number;
  readonly reason: string;
  readonly change: PolicyChange;
}

const REASON_CHARACTERS_MAX = 500;

export async function setPolicy(
  { database, clock, bus, principal }: MessagesContext,
  { basedOn, reason, change }: PolicyDraft,
): Promise<Result<PolicyRow>> {
  const refusals = checkReason(reason);
  const { tenantId, subject: actor } = principal;
  return database.transaction(tenantId, async (tx) => {
    const newest = await newestVersion(tx, tenantId);
    const inForce = newest?.number ?? DEFAULT_VERSION;
    if (basedOn !== inForce) return overtaken(inForce);
    const before = newest === null ? defaultPolicy : tenantPolicy(inForce, newest.content);
    const content = changed(before, change);
    const invalid = refusalsOf('INVALID_INPUT', 'policy', checkPolicy(content));
    if (refusals.length + invalid.length > 0) return refuse([...refusals, ...invalid]);
    const createdAt = new Date(clock.now());
    const row = { tenantId, number: inForce + 1, content, actor, reason, createdAt };
    // Two at once may both have read the same version; its successor's number is taken once.
    if (!(await insertVersion(tx, row))) return overtaken(inForce + 1);
    tx.afterCommit(() => bus.wake(POLICIES_CHANGED));
    return { ok: true, value: row };
  });
}

function checkReason(reason: string): Refusal[] {
  const length = reason.trim().length;
  if (length < 1 || length > REASON_CHARACTERS_MAX) {
    const sentence = `It has 1 to ${REASON_CHARACTERS_MAX} characters.`;
    return [{ code: 'INVALID_INPUT', path: ['reason'], sentence }];
  }
  return isStorable(reason)
    ? []
    : [{ code: 'INVALID_INPUT', path: ['reason'], sentence: NOT_STORABLE }];
}

const overtaken = (inForce: number): Result<never> =>
  refuseOne(
    'WRONG_STATE',
    ['basedOn'],
    `Version ${inForce} is in force: read it, and base the change on it.`,
  );
