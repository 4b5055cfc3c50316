// Caps on marketing on a real database: over all messages of a person, and of calls that come at once.
import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { uuidOf } from '../../schema/ids.ts';
import { acceptBatch } from '../../subgraphs/messages/accept-message.ts';
import type { AcceptRequest } from '../../subgraphs/messages/draft-message.ts';
import { startOffers, OFFER, type Offers } from '../support/offers.ts';
import { deeds } from '../support/people.ts';
import { forgetPolicies, setPolicy } from '../support/policies.ts';
import { scripted, startSending, type Sending } from '../support/sending.ts';

const DAY = 86_400_000;
const VIENNA = { timeZone: 'Europe/Vienna', region: 'AT' };

let sending: Sending;
let offers: Offers;
let reader: string;
beforeAll(async () => {
  sending = await startSending([scripted('carrier', 'RCS'), scripted('texts', 'SMS')]);
  offers = await startOffers(sending);
}, 60_000);
afterAll(() => sending.close());
beforeEach(async () => {
  await forgetPolicies(sending);
  reader = await offers.newReader(VIENNA);
});

const setCap = (perDay: number | null, perWeek: number | null = null) =>
  setPolicy(sending, { marketingCap: { perDay, perWeek } });
const request = (recipientId: string): AcceptRequest => ({
  tenantId: 'acme',
  idempotencyKey: randomUUID(),
  recipientId: uuidOf('recipient', recipientId) ?? '',
  templateName: OFFER,
  variables: new Map(),
  reference: null,
  locale: null,
  sendAt: null,
  expiresAt: null,
});
/** How many of them are accepted, in one transaction that commits once `meanwhile` is over. */
const accepted = (requests: readonly AcceptRequest[], meanwhile = () => Promise.resolve()) =>
  sending.people.databases.messages.transaction('acme', async (tx) => {
    const results = await acceptBatch(tx, sending.deps, 'acme', requests);
    await meanwhile();
    return results.filter(({ ok }) => ok).length;
  });

it('one offer more than the cap has no route, and says why; a receipt has one', async () => {
  await setCap(2);
  expect((await offers.send(reader)).errors).toEqual([]);
  expect((await offers.send(reader)).errors).toEqual([]);
  const { errors } = await offers.send(reader);
  const [first] = errors[0].decision.candidates;
  expect(first).toEqual({ channel: 'RCS', reasons: ['FREQUENCY_CAP'] });
  expect((await offers.send(await offers.newReader(VIENNA))).errors).toEqual([]);
  await sending.send('both', 3);
});

it('a cancelled offer leaves its place; one for another day takes none of today', async () => {
  await setCap(1);
  const sendAt = new Date(sending.people.clock.time + 2 * DAY);
  expect((await offers.send(reader, { sendAt })).errors).toEqual([]);
  const { message } = await offers.send(reader);
  expect((await offers.send(reader)).message).toBeNull();
  await sending.ask(
    `mutation ($input: CancelMessageInput!) { cancelMessage(input: $input) { errors { __typename } } }`,
    { input: { messageId: message.id } },
  );
  expect((await offers.send(reader)).errors).toEqual([]);
  const soon = new Date(sendAt.getTime() + DAY / 8);
  expect((await offers.send(reader, { sendAt: soon })).message).toBeNull();
});

it('of offers to one person in one batch, as many are accepted as fit', async () => {
  await setCap(2);
  expect(await accepted(Array.from({ length: 5 }, () => request(reader)))).toBe(2);
});

it('a transaction waits for one that counts for the same person, and finds the place taken', async () => {
  await setCap(1);
  const counted = Promise.withResolvers<void>();
  const committed = Promise.withResolvers<void>();
  const first = accepted([request(reader)], () => {
    counted.resolve();
    return committed.promise;
  });
  await counted.promise;
  let isOver = false;
  const second = accepted([request(reader)]).finally(() => {
    isOver = true;
  });
  const waiting = () =>
    sending.people.sql(`select from pg_locks where locktype = 'advisory' and not granted`);
  while (!isOver && (await waiting()).length === 0);
  const hasWaited = !isOver;
  committed.resolve();
  expect(await Promise.all([first, second])).toEqual([1, 0]);
  expect(hasWaited).toBe(true);
});

it('transactions about the same people in another order do not wait for each other for ever', async () => {
  await setCap(3);
  const other = await offers.newReader(VIENNA);
  const batches = Array.from({ length: 8 }, (_, index) =>
    accepted((index % 2 === 0 ? [reader, other] : [other, reader]).map(request)),
  );
  const counts = await Promise.all(batches);
  expect(counts.reduce((sum, count) => sum + count, 0)).toBe(6);
});

it('costs nothing without a cap, two statements with one, and none of them for a receipt', async () => {
  const { statements } = sending.people;
  const counted = async (deed: () => Promise<unknown>) => {
    statements.messages.length = 0;
    await deed();
    return deeds(statements.messages).filter((sql) => !sql.includes('messages.policy')).length;
  };
  const requests = Array.from({ length: 20 }, () => request(reader));
  const free = await counted(() => accepted(requests.slice(0, 1)));
  await setCap(100);
  expect(await counted(() => accepted([request(reader)]))).toBe(free + 2);
  expect(await counted(() => accepted(requests.slice(1)))).toBe(free + 2);
  const receipt = { ...request(await sending.newRecipient()), templateName: 'both' };
  expect(await counted(() => accepted([receipt]))).toBe(free);
});
