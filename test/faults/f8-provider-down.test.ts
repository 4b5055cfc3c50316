// F8: a provider is away, out of order, busy, slow, or its answers get lost: the others go on, and nobody gets it twice.
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { expectKept, openBed, type Bed } from './bed.ts';
import { startLoad } from './load.ts';
import type { Person } from './people.ts';
import { freshWish } from './recovery.ts';
import { sendOne } from './send.ts';
import { SEED, sized } from './size.ts';

const SLOW_MS = sized(5_000, 30_000);
const PROVIDER_TIMEOUT_MS = 2_000;
const OTHERS = 10;

const faults: readonly [string, object][] = [
  ['is away', { partition: true }],
  ['is out of order', { errorRatio: 1 }],
  ['is busy', { rate: { perSecond: 2, burst: 2 } }],
  ['is slow', { latencyMs: { p50: SLOW_MS, p99: SLOW_MS } }],
];

let bed: Bed;

beforeAll(async () => {
  // A slow provider takes late what was handed over in time.
  bed = await openBed('F8', { graceMs: SLOW_MS + PROVIDER_TIMEOUT_MS });
}, 120_000);
afterAll(() => bed.close(), 30_000);

/** How many texts the carriers have of these attempts' people since then. */
async function textsSince(t: number, people: readonly Person[]): Promise<number> {
  const phones = new Set(people.flatMap(({ addresses }) => addresses));
  const lines = (await readFile(bed.parley.historyPath, 'utf8')).trim().split('\n');
  return lines
    .map((line) => JSON.parse(line) as { t: number; k: string; channel: string; recipient: string })
    .filter((line) => line.k === 'accept' && line.channel === 'SMS' && line.t >= t)
    .filter(({ recipient }) => phones.has(recipient)).length;
}

it('other providers go on while one fails, and no message goes by two of them at once', async () => {
  const { control } = bed.parley.carrier;
  const load = startLoad(bed, { seed: SEED });
  await load.asked(40);
  for (const [, fault] of faults) {
    control.setFaults({ scope: 'rbm', ...fault });
    await load.asked(30);
    const since = Date.now();
    const others = bed.people.slice(0, OTHERS);
    const answers = await Promise.all(
      others.map((person) => sendOne(bed, freshWish(person, 'code'))),
    );
    expect(new Set(answers)).toEqual(new Set(['ok']));
    // While the fault lasts: nobody waits for the one that fails.
    while ((await textsSince(since, others)) < OTHERS) {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    control.setFaults({ scope: 'rbm' });
  }
  await load.finish();
  expectKept(await bed.verdict());
}, 240_000);
