// The policies of tenants: read once for many messages, and kept for seconds.
import { assert } from '../../platform/assert.ts';
import type { Bus } from '../../platform/bus.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Database, Transaction } from '../../platform/database.ts';
import { defaultPolicy, tenantPolicy, type Policy } from './domain/policy.ts';
import { newestVersions } from './store/policy-versions.ts';

/** What is woken when a tenant has set another policy. */
export const POLICIES_CHANGED = 'settings:messages';
/** How long a policy is believed where the bus has lost the news. */
const BELIEVED_MS = 5_000;
const TENANTS_MAX = 10_000;

/** The policy of a tenant that was asked for. */
export type PolicyOf = (tenantId: string) => Policy;

/** The policies in force, for each process. A tenant that was asked for lately costs no statement. */
export class Policies {
  readonly #clock: Clock;
  readonly #known = new Map<string, { readonly policy: Policy; readonly until: number }>();
  #changes = 0;

  constructor({ clock, bus }: { readonly clock: Clock; readonly bus: Bus }) {
    this.#clock = clock;
    // All of them: changes are rare, asking again is cheap, and the bus carries no ids.
    bus.listen(POLICIES_CHANGED, () => {
      this.#changes += 1;
      this.#known.clear();
    });
  }

  /** All of the tenants: at most one statement for those not known. */
  async of(tx: Transaction, tenantIds: readonly string[]): Promise<PolicyOf> {
    const now = this.#clock.now();
    const found = new Map<string, Policy>();
    const missing: string[] = [];
    for (const tenantId of new Set(tenantIds)) {
      const known = this.#known.get(tenantId);
      if (known !== undefined && known.until > now) found.set(tenantId, known.policy);
      else missing.push(tenantId);
    }
    const changes = this.#changes;
    const own = missing.length === 0 ? new Map<string, Policy>() : await loadPolicies(tx, missing);
    for (const tenantId of missing) {
      const policy = own.get(tenantId) ?? defaultPolicy;
      found.set(tenantId, policy);
      // What was read before a change, and arrives after it, is not kept.
      if (changes === this.#changes) this.#keep(tenantId, policy, now + BELIEVED_MS);
    }
    return (tenantId) => {
      const policy = found.get(tenantId);
      assert(policy !== undefined, 'the policy of another tenant was not read');
      return policy;
    };
  }

  async ofTenant(tx: Transaction, tenantId: string): Promise<Policy> {
    return (await this.of(tx, [tenantId]))(tenantId);
  }

  /** For who has no transaction open. */
  async inForce(database: Database, tenantId: string): Promise<Policy> {
    const known = this.#known.get(tenantId);
    if (known !== undefined && known.until > this.#clock.now()) return known.policy;
    return database.read(tenantId, (tx) => this.ofTenant(tx, tenantId));
  }

  #keep(tenantId: string, policy: Policy, until: number): void {
    if (this.#known.size >= TENANTS_MAX) this.#known.clear();
    this.#known.set(tenantId, { policy, until });
  }
}

/** By tenant; one without a version of its own is missing. */
async function loadPolicies(
  tx: Transaction,
  tenantIds: readonly string[],
): Promise<ReadonlyMap<string, Policy>> {
  const versions = await newestVersions(tx, tenantIds);
  return new Map(
    versions.map(({ tenantId, number, content }) => [tenantId, tenantPolicy(number, content)]),
  );
}
