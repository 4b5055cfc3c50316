// Looks up what phone numbers can do, a recipient's or not: from what is still believed, else from the providers, once.
import { KeyUse } from '../../crypto/kms.ts';
import { makePseudonym, PseudonymKind } from '../../crypto/pseudonym.ts';
import { createSingleFlight } from '../../platform/single-flight.ts';
import { askProviders } from './ask-providers.ts';
import type { RecipientsWork } from './deps.ts';
import { ttlSecondsFor } from './domain/capability-ttl.ts';
import {
  knownCapability,
  learn,
  mergeReports,
  type Capability,
  type CheckedCapability,
} from './domain/capability.ts';
import type { PhoneNumber } from './phone-number.ts';
import { createRecentNumbers } from './recent-numbers.ts';
import { refreshCapabilities } from './refresh-capabilities.ts';
import { loadTtlRules } from './store/capability-ttls.ts';
import {
  loadNumberCapabilities,
  saveNumberCapabilities,
  type KnownNumber,
} from './store/number-capabilities.ts';

/** Answers in the order of the numbers. A provider's failure is UNKNOWN, or what is still believed. */
export type LookUpNumbers = (
  tenantId: string,
  numbers: readonly PhoneNumber[],
) => Promise<Capability[]>;

const CHANNEL = 'RCS';

/** No statement for numbers that were read a moment ago, one when every number is known; concurrent questions about one
 *  number become one question to a provider. */
export function createLookUpNumbers(deps: RecipientsWork): LookUpNumbers {
  const single = createSingleFlight<CheckedCapability>();
  const recent = createRecentNumbers(deps);
  return async (tenantId, numbers) => {
    const byPseudonym = await pseudonymsOf(deps, tenantId, numbers);
    const answered = recent.get([...byPseudonym.keys()]);
    const pseudonyms = [...byPseudonym.keys()].filter((one) => !answered.has(one));
    const known = await loadKnown(deps, tenantId, pseudonyms);
    const now = deps.clock.now();
    const [fresh, stale]: [[string, CheckedCapability][], string[]] = [[], []];
    for (const one of pseudonyms) {
      const capability = known.get(one)?.capability ?? null;
      if (capability === null || capability.expiresAt <= now) stale.push(one);
      else fresh.push([one, capability]);
    }
    recent.put(fresh);
    // A pseudonym is made with the tenant's own key, so it names the tenant too.
    const learnt = await single(stale, (asked) =>
      learnNumbers(deps, tenantId, {
        numbers: new Map([...byPseudonym].filter(([one]) => asked.includes(one))),
        known,
      }),
    );
    const answers = new Map<PhoneNumber['e164'], Capability>();
    for (const [pseudonym, { e164 }] of byPseudonym) {
      const stored =
        answered.get(pseudonym) ??
        learnt.get(pseudonym) ??
        known.get(pseudonym)?.capability ??
        null;
      answers.set(e164, knownCapability(CHANNEL, stored));
    }
    return numbers.map(({ e164 }) => answers.get(e164) ?? knownCapability(CHANNEL, null));
  };
}

async function pseudonymsOf(
  { kms }: RecipientsWork,
  tenantId: string,
  numbers: readonly PhoneNumber[],
): Promise<ReadonlyMap<string, PhoneNumber>> {
  const { key, version } = await kms.macKey({ tenant: tenantId, use: KeyUse.pseudonym });
  const kind = PseudonymKind.msisdn;
  return new Map(
    numbers.map((number) => [
      makePseudonym(key, { keyVersion: version, kind, tenant: tenantId, value: number.e164 }),
      number,
    ]),
  );
}

function loadKnown(
  deps: RecipientsWork,
  tenantId: string,
  pseudonyms: readonly string[],
): Promise<ReadonlyMap<string, KnownNumber>> {
  if (pseudonyms.length === 0) return Promise.resolve(new Map());
  return deps.database.read(tenantId, (tx) =>
    loadNumberCapabilities(tx, tenantId, { channel: CHANNEL, pseudonyms }),
  );
}

async function learnNumbers(
  deps: RecipientsWork,
  tenantId: string,
  of: {
    readonly numbers: ReadonlyMap<string, PhoneNumber>;
    readonly known: ReadonlyMap<string, KnownNumber>;
  },
): Promise<ReadonlyMap<string, CheckedCapability>> {
  const { numbers, known } = of;
  const pseudonyms = [...numbers.keys()];
  const addressIds = pseudonyms.flatMap((one) => known.get(one)?.addressId ?? []);
  // What a recipient's number can do is that recipient's state: it is refreshed as such, with its task and its event.
  await refreshCapabilities(deps, tenantId, { addressIds });
  await learnNobodys(deps, tenantId, {
    numbers: new Map([...numbers].filter(([one]) => (known.get(one)?.addressId ?? null) === null)),
    known,
  });
  const now = await loadKnown(deps, tenantId, pseudonyms);
  return new Map(
    [...now].flatMap(([pseudonym, { capability }]) =>
      capability === null ? [] : [[pseudonym, capability] as const],
    ),
  );
}

async function learnNobodys(
  deps: RecipientsWork,
  tenantId: string,
  { numbers, known }: Parameters<typeof learnNumbers>[2],
): Promise<void> {
  if (numbers.size === 0) return;
  const rules = await deps.database.read(tenantId, (tx) => loadTtlRules(tx, tenantId));
  const values = [...numbers.values()].map(({ e164 }) => e164);
  const reports = await askProviders(deps, CHANNEL, values);
  const now = deps.clock.now();
  const capabilities = new Map<string, CheckedCapability>();
  for (const [pseudonym, { e164, region }] of numbers) {
    const report = mergeReports(reports.get(e164) ?? []);
    if (report === null) continue;
    const previous = known.get(pseudonym)?.capability ?? null;
    const market = { region, carrier: report.carrier ?? previous?.carrier ?? null };
    const ttlMs = ttlSecondsFor(rules, market, deps.settings.capabilityTtlSeconds) * 1_000;
    capabilities.set(pseudonym, learn(previous, report, { now, ttlMs }).capability);
  }
  if (capabilities.size === 0) return;
  await deps.database.transaction(tenantId, (tx) =>
    saveNumberCapabilities(tx, tenantId, { channel: CHANNEL, now, capabilities }),
  );
}
