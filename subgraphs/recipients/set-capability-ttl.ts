// Sets how long reports of one market are believed, or returns it to the more general rule. Known reports keep their expiry.
import { InvalidInput } from '../../schema/user-errors.ts';
import type { RecipientsWork } from './deps.ts';
import { findTtlFault, type Market, type TtlRule } from './domain/capability-ttl.ts';
import { deleteTtlRule, loadTtlRules, saveTtlRule } from './store/capability-ttls.ts';

export interface SetCapabilityTtlResult {
  readonly rules: TtlRule[];
  readonly errors: InvalidInput[];
}

/** ttlSeconds: null removes the rule. */
export async function setCapabilityTtl(
  deps: RecipientsWork,
  tenantId: string,
  { region, carrier, ttlSeconds }: Market & { readonly ttlSeconds: number | null },
): Promise<SetCapabilityTtlResult> {
  const fault = findTtlFault({ region, carrier, ttlSeconds });
  if (fault !== null) {
    return { rules: [], errors: [new InvalidInput([fault.field], fault.sentence)] };
  }
  return deps.database.transaction(tenantId, async (tx) => {
    await (ttlSeconds === null
      ? deleteTtlRule(tx, tenantId, { region, carrier })
      : saveTtlRule(tx, tenantId, { region, carrier, ttlSeconds }));
    return { rules: await loadTtlRules(tx, tenantId), errors: [] };
  });
}
