// Capabilities: whom to believe, for how long, and that a provider's fault takes nothing away.
import { expect, test } from '@jest/globals';
import { Channel, type Tristate } from '../../../../../schema/vocabulary.ts';
import {
  knownCapability,
  learn,
  mergeReports,
  UNKNOWN_TTL_MS,
  type CheckedCapability,
  type SourceReport,
} from '../../../../../subgraphs/recipients/domain/capability.ts';

const NOW = 1_000_000_000;
const TTL = 86_400_000;
const at = { now: NOW, ttlMs: TTL };

const report = (supported: Tristate, source = 'google-rbm'): SourceReport => ({
  supported,
  features: supported === 'YES' ? ['RICHCARD_STANDALONE'] : [],
  carrier: null,
  source,
});

const believed = (supported: Tristate, expiresAt: number): CheckedCapability => ({
  ...report(supported),
  nativeE2ee: 'UNKNOWN',
  checkedAt: expiresAt - TTL,
  expiresAt,
});

test.each<[Tristate, number]>([
  ['YES', TTL],
  ['NO', TTL],
  ['UNKNOWN', UNKNOWN_TTL_MS],
])('a first report of %s is believed for %i ms', (supported, ttlMs) => {
  const { capability, askAgainAt } = learn(null, report(supported), at);
  expect(capability).toMatchObject({ supported, checkedAt: NOW, expiresAt: NOW + ttlMs });
  expect(capability.source).toBe('google-rbm');
  expect(askAgainAt).toBe(NOW + ttlMs);
});

test.each<[Tristate, Tristate]>([
  ['YES', 'NO'],
  ['NO', 'YES'],
  ['UNKNOWN', 'YES'],
])('an answer replaces what was believed: %s, then %s', (before, supported) => {
  const { capability } = learn(believed(before, NOW + 1), report(supported), at);
  expect(capability).toMatchObject({ supported, checkedAt: NOW });
});

test.each<Tristate>(['YES', 'NO'])(
  'a report that says nothing leaves a fresh %s standing, and is soon asked again',
  (supported) => {
    const before = believed(supported, NOW + TTL);
    const learnt = learn(before, report('UNKNOWN'), at);
    expect(learnt).toEqual({ capability: before, askAgainAt: NOW + UNKNOWN_TTL_MS });
  },
);

test('what was believed is not believed longer for a fault of the provider', () => {
  const before = believed('YES', NOW + 1);
  expect(learn(before, report('UNKNOWN'), at)).toEqual({ capability: before, askAgainAt: NOW + 1 });
  const expired = learn(believed('YES', NOW), report('UNKNOWN'), at);
  expect(expired.capability.supported).toBe('UNKNOWN');
});

test('nobody claims native encryption for a person', () => {
  expect(learn(null, report('YES'), at).capability.nativeE2ee).toBe('UNKNOWN');
});

test.each<[Tristate[], string]>([
  [['NO', 'YES'], 'b'],
  [['UNKNOWN', 'NO'], 'b'],
  [['YES', 'YES'], 'a'],
  [['UNKNOWN', 'UNKNOWN'], 'a'],
])('of several reports %j the one of %s counts', (answers, source) => {
  const [first = 'NO', second = 'NO'] = answers;
  expect(mergeReports([report(first, 'a'), report(second, 'b')])?.source).toBe(source);
});

test('without a provider there is no report', () => {
  expect(mergeReports([])).toBeNull();
});

test('every address has its channel but for RCS, which has to be asked for', () => {
  const known = Object.values(Channel).map((channel) => knownCapability(channel, null));
  expect(known.map(({ supported }) => supported)).toEqual([
    'UNKNOWN',
    'YES',
    'YES',
    'YES',
    'YES',
    'YES',
  ]);
  expect(known.map(({ source }) => source)).toEqual([
    'none',
    'assumed',
    'assumed',
    'assumed',
    'assumed',
    'assumed',
  ]);
  const stored = believed('NO', NOW);
  expect(knownCapability('RCS', stored)).toBe(stored);
  expect(knownCapability('SMS', stored).supported).toBe('YES');
});
