// The fold of consent records: later wins, and where nobody knows which is later the withdrawal does.
import { expect, test } from '@jest/globals';
import type { ConsentAction } from '../../../../../schema/vocabulary.ts';
import { CLOCK_SKEW_MS } from '../../../../../subgraphs/consent/domain/consent-record.ts';
import {
  foldConsent,
  type Foldable,
} from '../../../../../subgraphs/consent/domain/consent-state.ts';

const T = 1_000_000_000;
const SKEW = CLOCK_SKEW_MS;

/** Recorded when it happened, unless told otherwise. */
const record = (action: ConsentAction, occurredAt: number, recordedAt = occurredAt): Foldable => ({
  action,
  occurredAt,
  recordedAt,
});
const granted = record.bind(null, 'GRANTED');
const withdrawn = record.bind(null, 'WITHDRAWN');

const cases: [string, Foldable[], ConsentAction][] = [
  ['a grant alone', [granted(T)], 'GRANTED'],
  ['a withdrawal alone', [withdrawn(T)], 'WITHDRAWN'],
  ['a withdrawal after a grant', [granted(T), withdrawn(T + 1)], 'WITHDRAWN'],
  ['a grant after a withdrawal', [withdrawn(T), granted(T + 1)], 'GRANTED'],
  ['a tie, grant first', [granted(T), withdrawn(T)], 'WITHDRAWN'],
  ['a tie, withdrawal first', [withdrawn(T), granted(T)], 'WITHDRAWN'],
  ['an old grant that comes late', [withdrawn(T), granted(T - 1, T + 1)], 'WITHDRAWN'],
  ['an old withdrawal that comes late', [granted(T), withdrawn(T - SKEW - 1, T + 1)], 'GRANTED'],
  ['a withdrawal by a clock that is slow', [granted(T), withdrawn(T - SKEW, T + 1)], 'WITHDRAWN'],
  [
    'a withdrawal right after a grant by a clock that is fast',
    [granted(T + SKEW, T), withdrawn(T + 1)],
    'WITHDRAWN',
  ],
  [
    'an older grant that comes after a withdrawal by a slow clock',
    [granted(T), withdrawn(T - SKEW, T + 1), granted(T - 1, T + 2)],
    'WITHDRAWN',
  ],
  [
    'an imported grant that is days younger than an imported withdrawal',
    [withdrawn(T - 100 * SKEW, T), granted(T - 50 * SKEW, T)],
    'GRANTED',
  ],
  ['a new grant after all that', [granted(T), withdrawn(T + 1), granted(T + 2)], 'GRANTED'],
];

test.each(cases)('%s', (_, records, action) => {
  let state: Foldable | null = null;
  for (const next of records) state = foldConsent(state, next);
  expect(state?.action).toBe(action);
});

test.each(cases.filter(([, records]) => records.length === 2))(
  '%s: the order of recording does not matter',
  (_, records, action) => {
    const [one, other] = records as [Foldable, Foldable];
    expect(foldConsent(other, one).action).toBe(action);
  },
);

test('of two equal actions the later record stands', () => {
  const [early, late] = [granted(T), granted(T + 1)];
  expect(foldConsent(early, late)).toBe(late);
  expect(foldConsent(late, early)).toBe(late);
  expect(foldConsent(early, granted(T, T + 5))).toBe(early);
});
