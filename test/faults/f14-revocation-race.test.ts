// F14: consent is withdrawn while a message is accepted, queued, claimed and handed over.
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { findFreePort } from '../../platform/free-port.ts';
import { expectKept, openBed, type Bed } from './bed.ts';
import { revoke } from './load.ts';
import { newPerson, TEMPLATES, TENANTS } from './people.ts';
import { seeded } from './random.ts';
import { freshWish } from './recovery.ts';
import { sendOne } from './send.ts';
import { SEED, sized } from './size.ts';

const ROUNDS = sized(120, 10_000);
const AT_ONCE = 40;
/** Slower than they are asked for, so that most wait in the queue for longer than the grace. */
const PER_SECOND = sized(8, 120);
const LATEST_MS = 3_000;

let bed: Bed;

beforeAll(async () => {
  const rate = String(PER_SECOND);
  bed = await openBed('F14', {
    variables: { RBM_RATE: rate, TWILIO_RATE: rate, SMTP_RATE: rate },
    peopleCount: 1,
    leaverCount: 0,
  });
  await bed.parley.run('workers', { PORT: String(await findFreePort()) });
}, 120_000);
afterAll(() => bed.close(), 30_000);

it(
  `${ROUNDS} withdrawals that race a message let none be accepted later than the grace`,
  async () => {
    const random = seeded(SEED);
    const tokens = new Map(bed.people.map(({ tenant, token }) => [tenant, token]));
    const race = async (round: number): Promise<void> => {
      const tenant = TENANTS[round % TENANTS.length] ?? TENANTS[0];
      const person = await newPerson(bed.parley, tenant, tokens.get(tenant) ?? '');
      bed.join(person);
      const template = TEMPLATES[round % TEMPLATES.length]?.name ?? '';
      const afterMs = random() * LATEST_MS;
      await Promise.all([
        sendOne(bed, freshWish(person, template)),
        new Promise((resolve) => setTimeout(resolve, afterMs)).then(() => revoke(bed, person)),
      ]);
    };
    for (let round = 0; round < ROUNDS; round += AT_ONCE) {
      await Promise.all(Array.from({ length: AT_ONCE }, (_, index) => race(round + index)));
    }
    const verdict = await bed.verdict();
    expectKept(verdict);
    // Some were sent before their withdrawal, and some were stopped by it.
    const { counts } = verdict;
    expect(counts.revoke).toBe(ROUNDS);
    expect(counts.accept ?? 0).toBeLessThan(counts['send.ok'] ?? 0);
  },
  sized(180_000, 1_800_000),
);
