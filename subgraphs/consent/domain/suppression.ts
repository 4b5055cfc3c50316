// Suppressions: entries of opt-out lists that come before any consent, and what such an entry may say.
import type { Channel, Purpose, SuppressionList } from '../../../schema/vocabulary.ts';
import { CHARACTERS_MAX, isJurisdiction, type Finding } from './consent-record.ts';

/** What an entry covers. Null: everywhere, every channel, every purpose. */
export interface SuppressionScope {
  readonly list: SuppressionList;
  /** A country, or a part of one, by ISO 3166. */
  readonly region: string | null;
  readonly channel: Channel | null;
  readonly purpose: Purpose | null;
}

/** Times in milliseconds since 1970. */
export interface SuppressionPeriod {
  /** Null: from now on. */
  readonly from: number | null;
  /** Null: until it is lifted. */
  readonly until: number | null;
}

export const IMPORT_ROWS_MAX = 1_000;

/** What is wrong with the scope and the source of an entry; empty when nothing is. */
export function checkScope(scope: SuppressionScope & { readonly source: string }): Finding[] {
  const findings: Finding[] = [];
  if (scope.region !== null && !isJurisdiction(scope.region)) {
    const sentence = 'A region is a country by ISO 3166, or one of its parts, such as AT or US-CA.';
    findings.push({ path: ['region'], sentence });
  }
  if (scope.list === 'REGIONAL' && scope.region === null) {
    findings.push({ path: ['region'], sentence: 'A regional list has a region.' });
  }
  // A source with a plus or an at sign would be an address in clear text.
  if (
    scope.source.trim() === '' ||
    scope.source.length > CHARACTERS_MAX ||
    /[@+]/.test(scope.source)
  ) {
    const sentence = `A source names the list, in 1 to ${CHARACTERS_MAX} characters, and is no address.`;
    findings.push({ path: ['source'], sentence });
  }
  return findings;
}

/** What is wrong with the times of an entry; empty when nothing is. */
export function checkPeriod({ from, until }: SuppressionPeriod, now: number): Finding[] {
  if (until === null || until > (from ?? now)) return [];
  return [{ path: ['until'], sentence: 'An entry ends after it began.' }];
}
