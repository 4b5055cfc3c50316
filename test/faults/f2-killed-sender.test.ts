// F2: senders are killed with attempts in hand, again and again.
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { findFreePort } from '../../platform/free-port.ts';
import { expectKept, openBed, type Bed } from './bed.ts';
import { startLoad } from './load.ts';
import { look } from './read-back.ts';
import { seeded } from './random.ts';
import { SEED, sized } from './size.ts';

const KILLS = sized(6, 30);
/** The longest that a sender lives. */
const LIFE_MS = 1_500;

let bed: Bed;

beforeAll(async () => {
  bed = await openBed('F2', {
    variables: { SEND_LEASE_MS: '2500' },
    peopleCount: sized(20, 80),
  });
}, 120_000);
afterAll(() => bed.close(), 30_000);

it(
  `senders that are killed ${KILLS} times lose nothing and double nothing`,
  async () => {
    const { parley } = bed;
    const random = seeded(SEED);
    // A slow answer, so that a kill finds attempts in hand.
    for (const scope of ['rbm', 'twilio']) {
      parley.carrier.control.setFaults({ scope, latencyMs: { p50: 40, p99: 300 } });
    }
    const second = await parley.run('workers', { PORT: String(await findFreePort()) });
    const load = startLoad(bed, { seed: SEED });
    await load.asked(40);
    let [victim, other] = [parley.workers()[0], second];
    let inHand = 0;
    for (let kill = 0; kill < KILLS && victim !== undefined; kill += 1) {
      await new Promise((resolve) => setTimeout(resolve, random() * LIFE_MS));
      inHand += await attemptsInHand(bed);
      await parley.kill(victim);
      const next = await parley.run('workers', { PORT: String(await findFreePort()) });
      [victim, other] = [other, next];
    }
    await load.finish();
    const verdict = await bed.verdict();
    expectKept(verdict);
    expect(inHand).toBeGreaterThan(0);
    expect(verdict.counts.revoke).toBeGreaterThan(0);
  },
  sized(180_000, 900_000),
);

async function attemptsInHand({ parley }: Bed): Promise<number> {
  const sql = `select 1 from messages.attempt where state = 'SUBMITTING'`;
  return (await look(parley, sql)).length;
}
