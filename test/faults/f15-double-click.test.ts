// F15: the same key many times at once, with another body, and of another tenant.
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { findFreePort } from '../../platform/free-port.ts';
import { expectKept, openBed, type Bed } from './bed.ts';
import { startLoad } from './load.ts';
import type { Person } from './people.ts';
import { sendMany, sendOne, type Sender, type Wish } from './send.ts';
import { SEED, sized } from './size.ts';

const TWINS = 50;
const ROUNDS = sized(10, 200);

let bed: Bed;

let elsewhere: Sender;

// Two processes accept, so that twins meet in the database and not in one process alone.
beforeAll(async () => {
  bed = await openBed('F15');
  const PORT = String(await findFreePort());
  await bed.parley.run('gateway,recipients,consent,messages,delivery', { PORT });
  elsewhere = { ...bed, at: `http://127.0.0.1:${PORT}` };
}, 120_000);
afterAll(() => bed.close(), 30_000);

it(
  `${TWINS} twins at once are one message, with another body refused, and free for another tenant`,
  async () => {
    const peopleOf = (name: string) => bed.people.filter(({ tenant }) => tenant === name);
    const [ours, theirs] = [peopleOf('acme'), peopleOf('globex')];
    const load = startLoad(bed, { seed: SEED });
    for (let round = 0; round < ROUNDS; round += 1) {
      const person = ours[round % ours.length] as Person;
      const stranger = theirs[round % theirs.length] as Person;
      const wish: Wish = {
        key: `double-${round}`,
        person,
        template: 'payment',
        amount: '$1',
        expiresAt: Date.now() + 20_000,
      };
      const theirWish = { ...wish, person: stranger };
      const [answers, theirAnswers] = await Promise.all([
        Promise.all(
          Array.from({ length: TWINS }, (_, twin) => sendOne(twin % 2 ? bed : elsewhere, wish)),
        ),
        sendMany(
          bed,
          Array.from({ length: TWINS }, () => theirWish),
        ),
      ]);
      expect(new Set([...answers, ...theirAnswers])).toEqual(new Set(['ok']));
      const others = [
        { ...wish, amount: '$2' },
        { ...wish, template: 'code' },
        { ...wish, person: ours[(round + 1) % ours.length] as Person },
      ];
      for (const other of others) expect(await sendOne(bed, other)).toBe('refused');
    }
    await load.finish();
    const verdict = await bed.verdict();
    expectKept(verdict);
    expect(verdict.counts['send.fail']).toBeGreaterThanOrEqual(3 * ROUNDS);
  },
  sized(120_000, 600_000),
);
