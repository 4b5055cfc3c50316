// What a policy may say, and which score counts.
import { describe, expect, it } from '@jest/globals';
import { checkPolicy } from '../../../../../subgraphs/messages/domain/check-policy.ts';
import {
  changed,
  defaultPolicy,
  scoreOf,
  tenantPolicy,
  type PolicyChange,
  type RouteScore,
} from '../../../../../subgraphs/messages/domain/policy.ts';
import type { Rollout } from '../../../../../subgraphs/messages/domain/rollout.ts';

const score = (more: Partial<RouteScore>): RouteScore => ({
  channel: 'RCS',
  protection: null,
  sensitivity: null,
  score: 0,
  ...more,
});

describe('the score of a route', () => {
  const scores = [
    score({ score: 1 }),
    score({ sensitivity: 'HIGH', score: 2 }),
    score({ protection: 'ENVELOPE', score: 3 }),
    score({ protection: 'ENVELOPE', sensitivity: 'HIGH', score: 4 }),
  ];
  it.each([
    ['CLEAR', 'LOW', 1],
    ['LINK_ONLY', 'HIGH', 2],
    ['ENVELOPE', 'LOW', 3],
    ['ENVELOPE', 'HIGH', 4],
  ] as const)('is that of the entry which says most: %s, %s', (protection, sensitivity, points) => {
    const route = { channel: 'RCS', protection } as const;
    expect(scoreOf({ scores }, route, sensitivity)).toBe(points);
    expect(scoreOf({ scores: scores.toReversed() }, route, sensitivity)).toBe(points);
  });
});

describe('a policy', () => {
  const wrong = (change: PolicyChange) =>
    checkPolicy(changed(defaultPolicy, change)).map(({ path }) => path.join('.'));

  it('may say what the default says', () => {
    expect(wrong({})).toEqual([]);
  });

  it.each<[string, PolicyChange, string[]]>([
    [
      'a score over 1,000',
      { scores: [...defaultPolicy.scores, score({ protection: 'CLEAR', score: 1_001 })] },
      ['scores.8.score'],
    ],
    [
      'a score that is no number',
      { scores: [...defaultPolicy.scores, score({ protection: 'CLEAR', score: Number.NaN })] },
      ['scores.8.score'],
    ],
    [
      'two scores for one route',
      { scores: [...defaultPolicy.scores, score({ score: 7 })] },
      ['scores.8.channel'],
    ],
    [
      'a score for what the channel does not carry',
      { scores: [...defaultPolicy.scores, score({ channel: 'SMS', protection: 'ENVELOPE' })] },
      ['scores.8.protection'],
    ],
    ['a channel without a score', { scores: defaultPolicy.scores.slice(0, -1) }, ['scores']],
    [
      'more scores than anybody reads',
      { scores: Array.from({ length: 51 }, () => score({})) },
      ['scores'],
    ],
    [
      'a window under ten seconds',
      { types: { OTP: { receiptWindowSeconds: 9, expirySeconds: 600 } } },
      ['types.OTP.receiptWindowSeconds'],
    ],
    [
      'a window over two minutes',
      { types: { OTP: { receiptWindowSeconds: 121, expirySeconds: 600 } } },
      ['types.OTP.receiptWindowSeconds'],
    ],
    ['no try', { triesMax: 0 }, ['triesMax']],
    ['a route without time', { routeWindowMs: 0 }, ['routeWindowMs']],
    ['a pause that shrinks', { backoff: { baseMs: 200, capMs: 100 } }, ['backoff.capMs']],
  ])('may not have %s', (_, change, paths) => {
    expect(wrong(change)).toEqual(expect.arrayContaining(paths));
  });

  const rollout = (more: Partial<Rollout>): PolicyChange => ({
    rollouts: [
      {
        name: 'trial',
        channel: 'SMS',
        protection: null,
        percent: 10,
        regions: ['AT'],
        carriers: [],
        ...more,
      },
    ],
  });

  it.each<[string, Partial<Rollout>, string[]]>([
    ['that fits', {}, []],
    ['with a share over 100', { percent: 100.5 }, ['rollouts.trial.percent']],
    ['that no flag can name', { name: 'A trial' }, ['rollouts.A trial.name']],
    ['in a place that is none', { regions: ['Austria'] }, ['rollouts.trial.regions']],
    ['of what is not carried', { protection: 'ENVELOPE' }, ['rollouts.trial.protection']],
    [
      'with a carrier of a book’s length',
      { carriers: ['x'.repeat(65)] },
      ['rollouts.trial.carriers'],
    ],
  ])('may have a rollout %s, or not', (_, more, paths) => {
    expect(wrong(rollout(more))).toEqual(paths);
  });

  it('of before a part existed has that part from the default', () => {
    const { backoff: _backoff, version: _version, ...older } = { ...defaultPolicy, triesMax: 1 };
    expect(tenantPolicy(3, older)).toEqual({ ...defaultPolicy, triesMax: 1, version: 'tenant-3' });
  });
});
