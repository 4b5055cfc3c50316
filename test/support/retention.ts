// How tests erase what is outdated, and ask for the log of it.
import { expect } from '@jest/globals';
import type { Answer, Asker, People } from './people.ts';

export const DAY_MS = 86_400_000;
export const AUDITOR: Asker = { scopes: ['audit:read'] };

export const daysAgo = (people: People, days: number): string =>
  new Date(people.clock.time - days * DAY_MS).toISOString();

/** field: consentRetentionRuns or deliveryRetentionRuns. */
export const runsQuery = (field: string): string =>
  `query ($first: Int, $after: String) { runs: ${field}(first: $first, after: $after) {
     edges { cursor node { recordClass region before erasedCount ranAt } } pageInfo { hasNextPage } } }`;

export interface ShownRun {
  readonly recordClass: string;
  readonly erasedCount: number;
  readonly ranAt: string;
}

export function runsOf({ data, errors }: Answer): ShownRun[] {
  expect(errors).toBeUndefined();
  return data.runs.edges.map(({ node }: { node: ShownRun }) => node);
}
