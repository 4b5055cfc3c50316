// F9: providers lie: an error in a success, a page, ten megabytes, an answer without an end.
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { expectKept, openBed, type Bed } from './bed.ts';
import { startLoad } from './load.ts';
import { LIES, startLyingProxy, type LyingProxy } from './lying-proxy.ts';
import { look } from './read-back.ts';
import { SEED, sized } from './size.ts';

const LIES_OF_EACH = sized(15, 200);
const CLOSE_BREAKERS = `update messages.lane set failures = 0, openings = 0, open_until = null,
  probing_until = null, paused_until = null`;
const GROWTH_MAX_BYTES = 150 * 1024 * 1024;

let bed: Bed;
let liars: readonly LyingProxy[];

beforeAll(async () => {
  bed = await openBed('F9', {
    variables: async ({ ports }) => {
      const [rbm, twilio] = await Promise.all([
        startLyingProxy(ports.rbm, /agentMessages/),
        startLyingProxy(ports.twilio, /Messages\.json/),
      ]);
      liars = [rbm, twilio];
      return { RBM_BASE_URL: rbm.url, TWILIO_BASE_URL: twilio.url };
    },
  });
}, 120_000);
afterAll(async () => {
  await bed.close();
  await Promise.all(liars.map((liar) => liar.close()));
}, 30_000);

/** The most that the senders ever held, in bytes. */
async function peakOfSenders(): Promise<number> {
  const peaks = bed.parley.workers().map(async ({ pid }) => {
    const status = await readFile(`/proc/${pid}/status`, 'utf8');
    return Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1] ?? Number.NaN) * 1024;
  });
  return Math.max(...(await Promise.all(peaks)));
}

const told = (): number => liars.reduce((sum, { count }) => sum + count, 0);

it('what a lying provider answers is never taken for a message that was sent, and costs no memory', async () => {
  const load = startLoad(bed, { seed: SEED });
  await load.asked(60);
  const before = await peakOfSenders();
  for (const lie of LIES) {
    const until = told() + LIES_OF_EACH;
    for (const liar of liars) liar.tell(lie);
    while (told() < until) {
      // The breaker would spare the senders most of the lies.
      await look(bed.parley, CLOSE_BREAKERS);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    for (const liar of liars) liar.tell(null);
    await look(bed.parley, CLOSE_BREAKERS);
    await load.asked(30);
  }
  const grown = (await peakOfSenders()) - before;
  await load.finish();
  const verdict = await bed.verdict();
  expectKept(verdict);
  expect(grown).toBeLessThan(GROWTH_MAX_BYTES);
}, 300_000);
