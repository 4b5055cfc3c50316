// A stored capability between row and belief: the columns that every statement selects, and what they mean.
import type { Tristate } from '../../../schema/vocabulary.ts';
import type { CheckedCapability } from '../domain/capability.ts';

/** Null in all of them stands for no row, after a left join. */
export interface CapabilityColumns {
  readonly supported: Tristate | null;
  readonly native_e2ee: Tristate;
  readonly features: string[];
  readonly carrier: string | null;
  readonly source: string;
  readonly checked_ms: number;
  readonly expires_ms: number;
}

/** The list for `select`, of a table with this alias. */
export function capabilityColumns(alias: string): string {
  return `${alias}.supported, ${alias}.native_e2ee, ${alias}.features, ${alias}.carrier, ${alias}.source,
    extract(epoch from ${alias}.checked_at)::float8 * 1000 as checked_ms,
    extract(epoch from ${alias}.expires_at)::float8 * 1000 as expires_ms`;
}

export function readCapability(row: CapabilityColumns): CheckedCapability | null {
  const { supported, native_e2ee: nativeE2ee, features, carrier, source } = row;
  if (supported === null) return null;
  return {
    supported,
    nativeE2ee,
    features,
    carrier,
    source,
    checkedAt: Math.round(row.checked_ms),
    expiresAt: Math.round(row.expires_ms),
  };
}
