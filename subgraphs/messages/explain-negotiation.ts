// Explains how a message would travel, without sending it: the decision that it would get now. Nothing is written.
import { decideRequests, loadGround, refusalOf, type AcceptRequest } from './draft-message.ts';
import type { MessagesDeps } from './deps.ts';
import type { Decision } from './domain/decision.ts';
import { refuse, type Refusal, type Result } from './refusal.ts';

/** What would be decided. `refusals` say why a message with this decision would not be accepted. */
interface Explanation {
  readonly decision: Decision;
  readonly refusals: readonly Refusal[];
}

/** The same statements as accepting takes up to the decision, in a transaction that cannot write. */
export async function explainNegotiation(
  deps: Pick<MessagesDeps, 'database' | 'ports' | 'providers' | 'policy' | 'clock'>,
  request: AcceptRequest,
): Promise<Result<Explanation>> {
  return deps.database.read(request.tenantId, async (tx) => {
    const ground = await loadGround(tx, deps, request.tenantId, [request]);
    const [decided = refuse([])] = await decideRequests(tx, deps, ground, [request]);
    if (!decided.ok) return decided;
    const { decision } = decided.value;
    const refusal = refusalOf(decision);
    return { ok: true, value: { decision, refusals: refusal === null ? [] : [refusal] } };
  });
}
