// Readers of consent events under any body: they never fail, and never grant what was not clearly given.
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { CLOCK_SKEW_MS } from '../../subgraphs/consent/domain/consent-record.ts';
import type { ReadCmpEvent } from '../../subgraphs/consent/domain/cmp/cmp-event.ts';
import { readDidomi } from '../../subgraphs/consent/domain/cmp/didomi.ts';
import { readGeneric } from '../../subgraphs/consent/domain/cmp/generic.ts';
import { readOneTrust } from '../../subgraphs/consent/domain/cmp/onetrust.ts';
import { sample } from '../support/samples.ts';

const NOW = Date.parse('2026-11-20T12:00:00Z');

const GENERIC = {
  identifier: '+14155557000',
  choices: [{ purpose: 'm', status: 'granted', timestamp: '2026-11-20T11:00:00Z' }],
  cmp: { name: 'Acme consent', version: '4.2' },
  regulation: 'GDPR',
};

const readers: [string, (body: unknown, now: number) => ReadCmpEvent, unknown][] = [
  ['the platform’s own form', readGeneric, GENERIC],
  ['Didomi', readDidomi, sample('cmp/didomi-event')],
  ['OneTrust', readOneTrust, sample('cmp/onetrust-receipt')],
];

const time = fc.date({ noInvalidDate: true }).map((date) => date.toISOString());
const replacement = fc.oneof(fc.jsonValue({ maxDepth: 1 }), time, fc.constant('WITHDRAWN'));

/** Every path of a value, the value itself included. */
function pathsOf(value: unknown): string[][] {
  if (typeof value !== 'object' || value === null) return [[]];
  const below = Object.entries(value).flatMap(([key, child]) =>
    pathsOf(child).map((path) => [key, ...path]),
  );
  return [[], ...below];
}

function replacedAt(value: unknown, [key, ...rest]: readonly string[], by: unknown): unknown {
  if (key === undefined) return by;
  const copy = structuredClone(value) as Record<string, unknown>;
  copy[key] = replacedAt(copy[key], rest, by);
  return copy;
}

describe.each(readers)('%s', (_name, read, official) => {
  /** Everything that a grant needs, whoever says it. */
  const expectSound = (answer: ReadCmpEvent): void => {
    if (answer === 'IGNORED') return;
    if ('problem' in answer) {
      expect(answer.sentence).toMatch(/\.$/);
      return;
    }
    expect(answer.choices.length).toBeGreaterThan(0);
    for (const { action, occurredAt, expiresAt } of answer.choices) {
      if (action === 'WITHDRAWN') continue;
      expect(occurredAt).toBeLessThanOrEqual(NOW + CLOCK_SKEW_MS);
      if (expiresAt !== null) expect(expiresAt).toBeGreaterThan(occurredAt ?? NOW);
    }
  };

  it('reads its sample as a grant', () => {
    expect(read(official, NOW)).toHaveProperty('choices.0.action', 'GRANTED');
  });

  it('answers any JSON', () => {
    fc.assert(fc.property(fc.jsonValue(), (body) => expectSound(read(body, NOW))));
  });

  it('answers its sample with anything in any place', () => {
    const path = fc.constantFrom(...pathsOf(official));
    fc.assert(
      fc.property(path, replacement, (where, by) => {
        expectSound(read(replacedAt(official, where, by), NOW));
      }),
      { numRuns: 1_000 },
    );
  });
});
