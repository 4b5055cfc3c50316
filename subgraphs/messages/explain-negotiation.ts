// Explains how a message would travel, without sending it: the decision that it would get now. Nothing is written.
import { decideRequests, loadGround, refusalOf, type AcceptRequest } from './draft-message.ts';
import type { MessagesDeps } from './deps.ts';
import { checkPolicy } from './domain/check-policy.ts';
import type { Decision } from './domain/decision.ts';
import { draftPolicy, type PolicyChange } from './domain/policy.ts';
import { refusalsOf, refuse, type Refusal, type Result } from './refusal.ts';

/** What would be decided. `refusals` say why a message with this decision would not be accepted. */
interface Explanation {
  readonly decision: Decision;
  /** When it would be sent; null: at once. */
  readonly sendAt: number | null;
  readonly refusals: readonly Refusal[];
}

/** The same statements as accepting takes up to the decision, in a transaction that cannot write. `change`: what makes
 *  the policy another one than that in force. */
export async function explainNegotiation(
  deps: Pick<MessagesDeps, 'database' | 'ports' | 'providers' | 'policies' | 'clock'>,
  request: AcceptRequest,
  change: PolicyChange | null,
): Promise<Result<Explanation>> {
  return deps.database.read(request.tenantId, async (tx) => {
    const loaded = await loadGround(tx, deps, request.tenantId, [request]);
    const policy = draftPolicy(loaded.policy, change);
    const findings = change === null ? [] : checkPolicy(policy);
    if (findings.length > 0) return refuse(refusalsOf('INVALID_INPUT', 'policy', findings));
    const ground = { ...loaded, policy };
    const [decided = refuse([])] = await decideRequests(tx, deps, ground, [request], false);
    if (!decided.ok) return decided;
    const { decision, sendAt } = decided.value;
    const refusal = refusalOf(decision);
    return { ok: true, value: { decision, sendAt, refusals: refusal === null ? [] : [refusal] } };
  });
}
