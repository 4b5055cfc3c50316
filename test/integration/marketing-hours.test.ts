// Marketing outside of its hours on a real database: it waits for them, at accepting and at the claim, while it is good.
import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { startOffers, type Offers } from '../support/offers.ts';
import { forgetPolicies, setPolicy } from '../support/policies.ts';
import { scripted, startSending, type Sending } from '../support/sending.ts';

const HOUR = 3_600_000;
const VIENNA = { timeZone: 'Europe/Vienna', region: 'AT' };
const NOON = Date.parse('2026-11-20T11:00:00Z');
const NIGHT = Date.parse('2026-11-20T21:00:00Z');
const MORNING = Date.parse('2026-11-21T07:00:00Z');

const carrier = scripted('carrier', 'RCS');
let sending: Sending;
let offers: Offers;
beforeAll(async () => {
  sending = await startSending([carrier, scripted('texts', 'SMS')]);
  offers = await startOffers(sending);
}, 60_000);
afterAll(() => sending.close());
beforeEach(async () => {
  const { people } = sending;
  // Nothing that an earlier test has put off.
  await people.sql(`delete from messages.task`);
  await forgetPolicies(sending);
  people.clock.time = NOON;
  carrier.taken.length = 0;
});

const setHours = (open: object[]) =>
  setPolicy(sending, { marketingHours: [{ region: 'AT', open }] });

it('an offer at noon goes out at once', async () => {
  const { message } = await offers.send(await offers.newReader(VIENNA));
  expect(message.sendAt).toBeNull();
  await sending.worker().round(carrier);
  expect(carrier.taken).toHaveLength(1);
});

it('an offer at night is accepted, and waits for the morning', async () => {
  sending.people.clock.time = NIGHT;
  const reader = await offers.newReader(VIENNA);
  const { message, errors } = await offers.send(reader);
  expect(errors).toEqual([]);
  expect(message.sendAt).toBe(new Date(MORNING).toISOString());
  expect(message.decision.candidates[0]).toEqual({ channel: 'RCS', rank: 1, reasons: [] });
  expect(await offers.dueInMs(reader)).toBeGreaterThan(9.9 * HOUR);
  await sending.worker().round(carrier);
  expect(carrier.taken).toEqual([]);
});

it('an offer that is over before the morning has no route', async () => {
  sending.people.clock.time = NIGHT;
  const reader = await offers.newReader(VIENNA);
  const { message, errors } = await offers.send(reader, { expiresAt: new Date(MORNING) });
  expect(message).toBeNull();
  expect(errors[0].__typename).toBe('NoRoute');
  const rcs = errors[0].decision.candidates.find(
    ({ channel }: { channel: string }) => channel === 'RCS',
  );
  expect(rcs.reasons).toEqual(['QUIET_HOURS']);
});

it('an offer to somebody who may be anywhere has no route', async () => {
  const reader = await offers.newReader({ region: 'XX' });
  expect((await offers.send(reader)).errors).toMatchObject([{ __typename: 'NoRoute' }]);
});

it('a receipt goes out at night', async () => {
  sending.people.clock.time = NIGHT;
  await sending.send('both', 1);
  await sending.worker().round(carrier);
  expect(carrier.taken).toHaveLength(1);
});

it('the person’s own quiet hours put an offer off too', async () => {
  const quietHours = { from: '10:00', to: '15:00' };
  const { message } = await offers.send(await offers.newReader({ ...VIENNA, quietHours }));
  expect(message.sendAt).toBe('2026-11-20T14:00:00.000Z');
});

it('narrower hours of the tenant put it off further', async () => {
  const reader = await offers.newReader(VIENNA);
  expect(
    (await setHours([{ days: ['SATURDAY'], from: '9:00', to: '24:00' }])).errors,
  ).toMatchObject([{ path: ['policy', 'marketingHours', 'AT', 'open'] }]);
  await setHours([{ days: ['SATURDAY'], from: '09:00', to: '24:00' }]);
  const { message } = await offers.send(reader);
  expect(message.sendAt).toBe('2026-11-21T08:00:00.000Z');
});

it('an offer that is claimed too late in the evening waits, and goes out in the morning', async () => {
  const reader = await offers.newReader(VIENNA);
  const { message } = await offers.send(reader);
  sending.people.clock.time = NIGHT;
  await sending.worker().round(carrier);
  expect(carrier.taken).toEqual([]);
  expect((await sending.message(message.id)).attempts).toMatchObject([
    { channel: 'RCS', state: 'PLANNED', tries: 0 },
  ]);
  expect(await offers.dueInMs(reader)).toBeGreaterThan(9.9 * HOUR);
  await offers.makeDue();
  sending.people.clock.time = MORNING;
  await sending.worker().round(carrier);
  expect(carrier.taken).toHaveLength(1);
});

it('an offer that is claimed too late, and over before the morning, ends without being sent', async () => {
  const reader = await offers.newReader(VIENNA);
  const { message } = await offers.send(reader, { expiresAt: new Date(NIGHT + HOUR) });
  sending.people.clock.time = NIGHT;
  const worker = sending.worker();
  await worker.round(carrier);
  expect((await sending.message(message.id)).attempts).toMatchObject([
    { channel: 'RCS', state: 'SKIPPED' },
    { channel: 'SMS', state: 'PLANNED', fallbackReason: 'PERMISSION_LOST' },
  ]);
  expect(carrier.taken).toEqual([]);
});
