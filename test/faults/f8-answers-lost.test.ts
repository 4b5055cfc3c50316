// F8: providers take messages, and their answers are lost: what may have arrived goes no other way before it is known.
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { expectKept, openBed, type Bed } from './bed.ts';
import { startLoad } from './load.ts';
import { SEED, sized } from './size.ts';

/** One after the other over the people. Receipts that come late, or never, leave the platform with the lost answer. */
const PROFILES = [
  { rcs: { submit: ['cutAfter', 'ok'] } },
  { rcs: { submit: ['hangAfter', '503', '503', '503', 'ok'] }, receipts: [['delivered', 6_000]] },
  { rcs: { submit: ['cutAfter', '429:1s', 'ok'] }, receipts: [['delivered', 6_000]] },
  { sms: { submit: ['hangAfter', 'ok'] }, receipts: [['none', 0]] },
  { sms: { submit: ['cutAfter', 'hangAfter', 'ok'] }, receipts: [['delivered', 12_000]] },
  { email: { submit: ['cutAfter', 'ok'] } },
];

let bed: Bed;

beforeAll(async () => {
  bed = await openBed('F8-answers');
}, 120_000);
afterAll(() => bed.close(), 30_000);

it('a message whose answer was lost is never with two providers, and twice with one only as its template says', async () => {
  bed.people.forEach((person, index) => {
    for (const address of person.addresses) {
      bed.parley.carrier.control.setProfile(address, { ...PROFILES[index % PROFILES.length] });
    }
  });
  const load = startLoad(bed, { seed: SEED });
  await load.asked(sized(250, 2_000));
  await load.finish();
  const verdict = await bed.verdict();
  expectKept(verdict);
  expect(verdict.counts['reject']).toBeGreaterThan(0);
}, 240_000);
