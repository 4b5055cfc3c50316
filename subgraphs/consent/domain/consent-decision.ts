// May we send? Suppressions, what was recorded and the region's rules answer; what is not clearly a yes is a no.
import type { Purpose, Regulation, RejectionReason } from '../../../schema/vocabulary.ts';
import type { CaptureMethod, ConsentAction } from '../../../schema/vocabulary.ts';
import { optInMethods } from './consent-record.ts';
import { foldConsent } from './consent-state.ts';
import { ruleSetOf, type ImpliedMethod, type RuleSet, type RuleSetName } from './jurisdictions.ts';

/** What stands for one subject, purpose, channel and regulation. Times in milliseconds since 1970. */
export interface StandingConsent {
  /** UUID. */
  readonly consentId: string;
  readonly action: ConsentAction;
  readonly method: CaptureMethod;
  readonly regulation: Regulation;
  readonly policyVersion: string;
  readonly occurredAt: number;
  readonly recordedAt: number;
  /** Null: until it is withdrawn. */
  readonly expiresAt: number | null;
}

/** Everything on record that a decision depends on. */
export interface ConsentFacts {
  /** Whether a list names the subject, for this purpose, channel and region, now. */
  readonly suppressed: boolean;
  /** One a regulation at the most; none when nothing was ever recorded. */
  readonly standing: readonly StandingConsent[];
}

interface Evidence {
  readonly consentId: string | null;
  /** The text that the person saw; null without a record. */
  readonly policyVersion: string | null;
  /** When the consent ends by itself, by its own word or by the region's rules. */
  readonly expiresAt: number | null;
  readonly ruleSet: RuleSetName;
}

export type ConsentDecision = Evidence &
  (
    | { readonly allowed: true; readonly consentId: string }
    | { readonly allowed: false; readonly reason: RejectionReason }
  );

const DAY_MS = 86_400_000;

/** Decides one question. region: by ISO 3166; null is answered by the strictest rules. now: milliseconds since 1970. */
export function decideConsent(
  { suppressed, standing }: ConsentFacts,
  { purpose, region }: { readonly purpose: Purpose; readonly region: string | null },
  now: number,
): ConsentDecision {
  const rules = ruleSetOf(region);
  const record = recordFor(rules, standing);
  const evidence = {
    consentId: record?.consentId ?? null,
    policyVersion: record?.policyVersion ?? null,
    expiresAt: record === null ? null : expiryOf(record, rules),
    ruleSet: rules.name,
  };
  const reason = suppressed ? 'CONSENT_SUPPRESSED' : refusalOf(record, rules, purpose, now);
  if (reason !== null || record === null) {
    return { ...evidence, allowed: false, reason: reason ?? 'CONSENT_MISSING' };
  }
  return { ...evidence, allowed: true, consentId: record.consentId };
}

/** The record that stands where these rules apply. A grant under another law counts for nothing here; where it is not
 *  known which law applies, a withdrawal under any counts. */
function recordFor(rules: RuleSet, standing: readonly StandingConsent[]): StandingConsent | null {
  return standing
    .filter(
      ({ regulation, action }) =>
        regulation === 'ALL' ||
        rules.regulations.includes(regulation) ||
        (rules.name === 'STRICT' && action !== 'GRANTED'),
    )
    .toSorted((one, other) => one.recordedAt - other.recordedAt)
    .reduce<StandingConsent | null>(foldConsent, null);
}

// Rows are from a database that newer programs write as well: a word that this one does not know permits nothing.
function refusalOf(
  record: StandingConsent | null,
  rules: RuleSet,
  purpose: Purpose,
  now: number,
): RejectionReason | null {
  if (record === null) return 'CONSENT_MISSING';
  const { action, method } = record;
  if (action === 'WITHDRAWN') return 'CONSENT_WITHDRAWN';
  if (action !== 'GRANTED') return 'CONSENT_AMBIGUOUS';
  const implied = isImplied(method) && rules.implied[method].purposes.includes(purpose);
  if (!implied && !optInMethods.includes(method)) return 'CONSENT_MISSING';
  const expiresAt = expiryOf(record, rules);
  if (expiresAt !== null && !(now < expiresAt)) return 'CONSENT_EXPIRED';
  return null;
}

function expiryOf(record: StandingConsent, rules: RuleSet): number | null {
  const { method, occurredAt, recordedAt, expiresAt } = record;
  const days = isImplied(method) ? rules.implied[method].days : null;
  if (days === null) return expiresAt;
  const byRule = Math.min(occurredAt, recordedAt) + days * DAY_MS;
  return expiresAt === null ? byRule : Math.min(byRule, expiresAt);
}

const isImplied = (method: CaptureMethod): method is ImpliedMethod =>
  method === 'RELATIONSHIP' || method === 'INQUIRY';
