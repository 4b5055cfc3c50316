// A carrier that goes down and comes back: messages go around it, and return to it by themselves.
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { Client } from 'pg';
import { startParley, type Json, type Parley } from '../support/parley.ts';
import {
  approveTemplate,
  capabilityKnown,
  freshPhone,
  messageOnce,
  recordConsent,
  registerRecipient,
  send,
} from '../support/story.ts';

let parley: Parley;
let database: Client;

beforeAll(async () => {
  // Every fault is an answer here, however slow the machine: a lost one would be another story.
  parley = await startParley('together', { PROVIDER_TIMEOUT_MS: '10000' });
  database = new Client({ connectionString: parley.databaseUrl });
  await database.connect();
  await approveTemplate(parley);
}, 60_000);

afterAll(async () => {
  await database.end();
  await parley.stop();
}, 30_000);

async function reachable(): Promise<string> {
  const recipientId = await registerRecipient(parley, { phone: freshPhone() });
  await capabilityKnown(parley, recipientId);
  await recordConsent(parley, recipientId);
  return recipientId;
}

/** Waits in the place of the breaker. */
const openFor = (interval: string) =>
  database.query(
    `update messages.lane set open_until = now() + $1::interval where name = 'google-rbm'`,
    [interval],
  );

const arrived = (id: string): Promise<Json> =>
  messageOnce(parley, id, ({ attempts }) => ['DELIVERED', 'READ'].includes(attempts.at(-1).state));

it('a carrier that answers nothing but faults loses its messages to the next route until it is back', async () => {
  const people = await Promise.all(Array.from({ length: 4 }, reachable));
  const next = await reachable();
  parley.carrier.control.setFaults({ scope: 'rbm', errorRatio: 1 });
  const sent = await Promise.all(people.map((recipientId) => send(parley, recipientId)));
  for (const { message } of sent) {
    expect((await arrived(message.id)).attempts).toMatchObject([
      { channel: 'RCS', state: 'FAILED', failureCode: 'PROVIDER_FAULT' },
      { channel: 'SMS', fallbackReason: 'PROVIDER_UNAVAILABLE' },
    ]);
  }
  await openFor('1 hour');
  const during = await send(parley, next);
  const rcs = during.message.decision.candidates.filter(({ channel }: Json) => channel === 'RCS');
  expect(rcs.map(({ rank }: Json) => rank)).toEqual(rcs.map(() => null));
  expect(rcs.flatMap(({ reasons }: Json) => reasons)).toContain('PROVIDER_UNAVAILABLE');
  expect((await arrived(during.message.id)).attempts).toMatchObject([{ channel: 'SMS' }]);

  parley.carrier.control.setFaults({ scope: 'rbm' });
  await openFor('0 seconds');
  const after = await send(parley, next);
  expect((await arrived(after.message.id)).attempts).toMatchObject([{ channel: 'RCS' }]);
  const { rows } = await database.query(
    `select failures, openings, open_until from messages.lane where name = 'google-rbm'`,
  );
  expect(rows).toEqual([{ failures: 0, openings: 0, open_until: null }]);
}, 60_000);
