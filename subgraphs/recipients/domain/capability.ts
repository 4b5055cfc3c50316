// What is known of a channel of an address: reports merged, believed for a time, and never worse for a fault of the source.
import type { Channel, Tristate } from '../../../schema/vocabulary.ts';

/** Times in milliseconds since 1970. */
export interface Capability {
  readonly supported: Tristate;
  readonly nativeE2ee: Tristate;
  /** The source's own names. */
  readonly features: readonly string[];
  readonly carrier: string | null;
  /** A provider's id, DEVICE_SOURCE, DELIVERY_SOURCE, `assumed` for what every address can do, `none` when nobody has
   *  answered yet. */
  readonly source: string;
  readonly checkedAt: number | null;
  /** Null: does not expire. */
  readonly expiresAt: number | null;
}

/** A capability that a provider was asked for. */
export interface CheckedCapability extends Capability {
  readonly checkedAt: number;
  readonly expiresAt: number;
}

/** What one provider says of one address. */
export interface SourceReport {
  readonly supported: Tristate;
  readonly features: readonly string[];
  readonly carrier: string | null;
  readonly source: string;
  /** Left out by whoever cannot tell: no provider knows whether a person's own app encrypts end to end. */
  readonly nativeE2ee?: Tristate;
}

/** The channels that have to be asked for. Business RCS knows no other way: a phone number alone says nothing. */
export const askedChannels: readonly Channel[] = ['RCS'];

/** How long to wait before asking again after an answer that says nothing. */
export const UNKNOWN_TTL_MS = 15 * 60_000;

/** The source of what a recipient's own device reports, and of what deliveries prove. */
export const DEVICE_SOURCE = 'device';
export const DELIVERY_SOURCE = 'delivery';

const assumed: Capability = {
  supported: 'YES',
  nativeE2ee: 'NO',
  features: [],
  carrier: null,
  source: 'assumed',
  checkedAt: null,
  expiresAt: null,
};

const unasked: Capability = {
  ...assumed,
  supported: 'UNKNOWN',
  nativeE2ee: 'UNKNOWN',
  source: 'none',
};

/** What is known of a channel that has an address, from what was stored of it (null: nothing). */
export function knownCapability(channel: Channel, stored: Capability | null): Capability {
  if (!askedChannels.includes(channel)) return assumed;
  return stored ?? unasked;
}

/** One report out of several providers': whoever reaches the person counts, then whoever knows that nobody can.
 *  Null when no provider was asked. */
export function mergeReports(reports: readonly SourceReport[]): SourceReport | null {
  const of = (supported: Tristate): SourceReport | undefined =>
    reports.find((report) => report.supported === supported);
  return of('YES') ?? of('NO') ?? of('UNKNOWN') ?? null;
}

/** What is believed after a report, and when to ask again. A report that says nothing leaves standing what is still
 *  believed: a provider's fault must not take a channel away from anybody. */
export function learn(
  previous: CheckedCapability | null,
  report: SourceReport,
  { now, ttlMs }: { readonly now: number; readonly ttlMs: number },
): { readonly capability: CheckedCapability; readonly askAgainAt: number } {
  const { supported, features, carrier, source } = report;
  const unknown = supported === 'UNKNOWN';
  const expiresAt = now + (unknown ? UNKNOWN_TTL_MS : ttlMs);
  if (
    unknown &&
    previous !== null &&
    previous.supported !== 'UNKNOWN' &&
    now < previous.expiresAt
  ) {
    return { capability: previous, askAgainAt: Math.min(expiresAt, previous.expiresAt) };
  }
  // A device knows more of itself than a carrier that merely agrees with it.
  const agrees =
    previous?.source === DEVICE_SOURCE &&
    source !== DEVICE_SOURCE &&
    previous.supported === supported &&
    now < previous.expiresAt;
  if (agrees) return { capability: previous, askAgainAt: previous.expiresAt };
  return {
    capability: {
      supported,
      // Silence is no claim.
      nativeE2ee: report.nativeE2ee ?? 'UNKNOWN',
      features,
      carrier,
      source,
      checkedAt: now,
      expiresAt,
    },
    askAgainAt: expiresAt,
  };
}
