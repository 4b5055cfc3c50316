// How scripts are consumed, and that the seed repeats everything that is left to chance.
import { expect, test } from '@jest/globals';
import { createBehaviour } from '../../../simulator/behaviour.ts';

const NUMBER = '+14155550142';
const kindsOf = (count: number, next: () => { kind: string }): string[] =>
  Array.from({ length: count }, () => next().kind);

test('a script is consumed in order, and its last step stays', () => {
  const behaviour = createBehaviour(1);
  behaviour.setProfile(NUMBER, { submit: ['cut', 'hang', 'ok'] });
  const next = () => behaviour.nextStep('RCS', NUMBER);
  expect(kindsOf(4, next)).toEqual(['cut', 'hang', 'ok', 'ok']);
});

test('one script is consumed by both channels, a channel’s own only by it', () => {
  const behaviour = createBehaviour(1);
  behaviour.setProfile(NUMBER, { submit: ['cut', 'ok'], sms: { submit: ['hang', 'ok'] } });
  expect(kindsOf(2, () => behaviour.nextStep('SMS', NUMBER))).toEqual(['hang', 'ok']);
  expect(kindsOf(2, () => behaviour.nextStep('RCS', NUMBER))).toEqual(['cut', 'ok']);
});

test('a new profile starts its script from the beginning', () => {
  const behaviour = createBehaviour(1);
  const profile = { submit: ['cut', 'ok'] };
  behaviour.setProfile(NUMBER, profile);
  behaviour.nextStep('SMS', NUMBER);
  behaviour.setProfile(NUMBER, profile);
  expect(behaviour.nextStep('SMS', NUMBER)).toEqual({ kind: 'cut' });
});

test('numbers without a profile count apart from each other', () => {
  const behaviour = createBehaviour(1);
  expect(behaviour.nextStep('SMS', '+14155550006')).toEqual({ kind: 'cut' });
  expect(behaviour.nextStep('SMS', '+14165550006')).toEqual({ kind: 'cut' });
  expect(behaviour.nextStep('SMS', '+14155550006')).toEqual({ kind: 'ok' });
});

test('reordered receipts swap their times', () => {
  const behaviour = createBehaviour(1);
  behaviour.setProfile(NUMBER, {
    receipts: [
      ['delivered', 10],
      ['read', 90],
    ],
    reorder: true,
  });
  expect(behaviour.receipts('RCS', NUMBER)).toMatchObject([
    { kind: 'delivered', afterMs: 90 },
    { kind: 'read', afterMs: 10 },
  ]);
});

test('the same seed draws the same, after a reset too, and another seed does not', () => {
  const draw = (behaviour: ReturnType<typeof createBehaviour>) => {
    behaviour.setFaults({ scope: 'rbm', latencyMs: { p50: 50, p99: 500 }, errorRatio: 0.5 });
    return Array.from({ length: 20 }, () => [behaviour.latencyMs('rbm'), behaviour.hit('rbm')]);
  };
  const behaviour = createBehaviour(7);
  const first = draw(behaviour);
  behaviour.reset();
  expect(draw(behaviour)).toEqual(first);
  expect(draw(createBehaviour(7))).toEqual(first);
  expect(draw(createBehaviour(8))).not.toEqual(first);
});

test('half of the latencies are below the median, and one in a hundred above the 99th percentile', () => {
  const behaviour = createBehaviour(7);
  behaviour.setFaults({ scope: 'rbm', latencyMs: { p50: 50, p99: 500 } });
  const drawn = Array.from({ length: 10_000 }, () => behaviour.latencyMs('rbm'));
  const below = drawn.filter((ms) => ms < 50).length;
  const above = drawn.filter((ms) => ms > 500).length;
  expect(Math.abs(below - 5000)).toBeLessThan(200);
  expect(Math.abs(above - 100)).toBeLessThan(50);
});

test('a rate lets its burst through and throttles what comes after', () => {
  const behaviour = createBehaviour(1);
  behaviour.setFaults({ scope: 'twilio', rate: { perSecond: 0, burst: 2 } });
  const hits = Array.from({ length: 3 }, () => behaviour.hit('twilio'));
  expect(hits).toEqual([null, null, { kind: 'status', status: 429, retryAfter: '1' }]);
});
