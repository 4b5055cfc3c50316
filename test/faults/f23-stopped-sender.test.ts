// F23: a sender stands still for longer than its lease, and goes on as if nothing had happened.
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { findFreePort } from '../../platform/free-port.ts';
import { expectKept, openBed, type Bed } from './bed.ts';
import { startLoad } from './load.ts';
import { look } from './read-back.ts';
import { SEED, sized } from './size.ts';

const LEASE_MS = 2_500;
const STOPS = sized(3, 20);
/** Longer than the lease and the answer of what another sender begins then. */
const STANDSTILL_MS = sized(5_000, 60_000);

let bed: Bed;

beforeAll(async () => {
  bed = await openBed('F23', { variables: { SEND_LEASE_MS: String(LEASE_MS) } });
}, 120_000);
afterAll(() => bed.close(), 30_000);

it(
  'what a sender that stood still learns after its lease changes nothing, and it sends nothing twice',
  async () => {
    const { parley } = bed;
    for (const scope of ['rbm', 'twilio']) {
      parley.carrier.control.setFaults({ scope, latencyMs: { p50: 40, p99: 300 } });
    }
    await parley.run('workers', { PORT: String(await findFreePort()) });
    const load = startLoad(bed, { seed: SEED });
    let taken = 0;
    for (let stop = 0; stop < STOPS; stop += 1) {
      await load.asked(30);
      const sender = parley.workers()[stop % 2];
      sender?.kill('SIGSTOP');
      const before = await inHand(bed);
      await new Promise((resolve) => setTimeout(resolve, STANDSTILL_MS));
      const after = await inHand(bed);
      taken += [...before].filter(([id, claim]) => after.get(id) !== claim).length;
      sender?.kill('SIGCONT');
    }
    await load.finish();
    const verdict = await bed.verdict();
    expectKept(verdict);
    // The test is about attempts that somebody else took over in the meantime.
    expect(taken).toBeGreaterThan(0);
  },
  sized(180_000, 1_800_000),
);

/** The claims of what is at a provider. */
async function inHand({ parley }: Bed): Promise<ReadonlyMap<string, number>> {
  const rows = await look<{ key: string; claim: number }>(
    parley,
    `select task.key, task.claim from messages.task
     join messages.attempt on attempt.message_id::text = task.key
     where attempt.state = 'SUBMITTING'`,
  );
  return new Map(rows.map(({ key, claim }) => [key, claim]));
}
