// One question at a time: who asks for what is being answered waits for that answer, and nothing is remembered.
import { expect, it } from '@jest/globals';
import { createSingleFlight } from '../../../platform/single-flight.ts';

const answering = (asked: (readonly string[])[]) => async (keys: readonly string[]) => {
  asked.push(keys);
  return new Map(keys.map((key) => [key, key.toUpperCase()]));
};

it('overlapping questions ask for each key once, and each gets its own answers', async () => {
  const single = createSingleFlight<string>();
  const asked: (readonly string[])[] = [];
  const load = answering(asked);
  const answers = await Promise.all([single(['a', 'b', 'a'], load), single(['b', 'c'], load)]);
  expect(asked).toEqual([['a', 'b'], ['c']]);
  expect(answers.map((answer) => Object.fromEntries(answer))).toEqual([
    { a: 'A', b: 'B' },
    { b: 'B', c: 'C' },
  ]);
});

it('an answered question is asked again', async () => {
  const single = createSingleFlight<string>();
  const asked: (readonly string[])[] = [];
  await single(['a'], answering(asked));
  await single(['a'], answering(asked));
  expect(asked).toEqual([['a'], ['a']]);
});

it('a failure is everybody’s who waited, and nobody’s afterwards', async () => {
  const single = createSingleFlight<string>();
  const fail = (): Promise<never> => Promise.reject(new Error('no answer'));
  const settled = await Promise.allSettled([single(['a'], fail), single(['a'], fail)]);
  expect(settled.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  const asked: (readonly string[])[] = [];
  expect((await single(['a'], answering(asked))).get('a')).toBe('A');
});

it('a key without an answer is missing, and no keys are no question', async () => {
  const single = createSingleFlight<string>();
  expect((await single(['a'], async () => new Map())).size).toBe(0);
  const asked: (readonly string[])[] = [];
  expect((await single([], answering(asked))).size).toBe(0);
  expect(asked).toEqual([]);
});
