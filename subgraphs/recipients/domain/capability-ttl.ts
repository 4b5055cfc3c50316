// How long a capability report is believed: the tenant's rule that says most about the market, or the default.

/** Null stands for any region, or any carrier. */
export interface TtlRule {
  /** ISO 3166-1 alpha-2. */
  readonly region: string | null;
  readonly carrier: string | null;
  readonly ttlSeconds: number;
}

/** Where a number is at home, as far as it is known. */
export interface Market {
  readonly region: string | null;
  readonly carrier: string | null;
}

/** Google itself vouches for a number seen in the last 31 days; more than a week of belief misses too many changes. */
export const TTL_SECONDS_MAX = 7 * 86_400;
export const TTL_SECONDS_MIN = 60;

const CARRIER_CHARACTERS_MAX = 100;

/** A rule for the carrier says more than one for the region, and one for both says most. */
export function ttlSecondsFor(
  rules: readonly TtlRule[],
  market: Market,
  fallbackSeconds: number,
): number {
  const weight = ({ region, carrier }: TtlRule): number => (carrier ? 2 : 0) + (region ? 1 : 0);
  const [best] = rules
    .filter(
      ({ region, carrier }) =>
        (region === null || region === market.region) &&
        (carrier === null || carrier === market.carrier),
    )
    .toSorted((a, b) => weight(b) - weight(a));
  return Math.min(best?.ttlSeconds ?? fallbackSeconds, TTL_SECONDS_MAX);
}

/** What is wrong with a rule: the field and a sentence, or null. */
export function findTtlFault(
  rule: Market & { readonly ttlSeconds: number | null },
): { readonly field: string; readonly sentence: string } | null {
  const { region, carrier, ttlSeconds } = rule;
  if (region !== null && !/^[A-Z]{2}$/.test(region)) {
    return { field: 'region', sentence: 'A region is two letters by ISO 3166-1, such as AT.' };
  }
  if (carrier !== null && (carrier === '' || carrier.length > CARRIER_CHARACTERS_MAX)) {
    const sentence = `A carrier has 1 to ${CARRIER_CHARACTERS_MAX} characters.`;
    return { field: 'carrier', sentence };
  }
  const outside =
    ttlSeconds !== null && (ttlSeconds < TTL_SECONDS_MIN || ttlSeconds > TTL_SECONDS_MAX);
  if (!outside) return null;
  const sentence = `A time to live is ${TTL_SECONDS_MIN} to ${TTL_SECONDS_MAX} seconds.`;
  return { field: 'ttlSeconds', sentence };
}
