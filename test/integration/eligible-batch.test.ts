// The pre-filter of a batch over a real socket: a line for each person, decided as the gate decides.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Readable } from 'node:stream';
import { eligibleBatch } from '../../subgraphs/consent/http/eligible-batch.ts';
import { consentsOf, said } from '../support/consents.ts';
import { deeds, principalOf, startPeople, type People } from '../support/people.ts';
import { recordingLog } from '../support/recording-log.ts';
import { serveUpload } from '../support/uploads.ts';

let people: People;
let consents: ReturnType<typeof consentsOf>;
let served: Awaited<ReturnType<typeof serveUpload>>;
let principal = principalOf({});
beforeAll(async () => {
  people = await startPeople();
  consents = consentsOf(people);
  served = await serveUpload(
    eligibleBatch(people.consentDeps),
    recordingLog().log,
    () => principal,
  );
});
afterAll(async () => {
  await served.close();
  await people.close();
});

const NDJSON = 'application/x-ndjson';
const TOPIC = '?purpose=MARKETING&channel=SMS';
const lines = (ids: readonly string[]) =>
  ids.map((recipientId) => JSON.stringify({ recipientId })).join('\n');

test('each line is answered as the gate decides, and what is no person by its number', async () => {
  const [granted, withdrawn, silent] = [
    await consents.newPerson(),
    await consents.newPerson(),
    await consents.newPerson(),
  ];
  for (const id of [granted, withdrawn]) await consents.record(said(id, { purpose: 'MARKETING' }));
  people.clock.time += 1_000;
  await consents.withdraw(said(withdrawn, { purpose: 'MARKETING' }));
  const body = [lines([granted, withdrawn, silent, 'rcp_nobody']), '', 'junk', '{"a":1}'].join(
    '\n',
  );
  const { status, rows, last } = await served.send(body, NDJSON, TOPIC);
  expect(status).toBe(200);
  expect(rows).toMatchObject([
    { row: 1, recipientId: granted, allowed: true, reason: null, expiresAt: null },
    { row: 2, recipientId: withdrawn, allowed: false, reason: 'CONSENT_WITHDRAWN' },
    { row: 3, recipientId: silent, allowed: false, reason: 'CONSENT_MISSING', consentId: null },
    { row: 4, allowed: false, reason: 'NO_ADDRESS' },
    { row: 5, recipientId: null, allowed: false, error: expect.stringMatching(/recipientId/) },
    { row: 6, recipientId: null, allowed: false, error: expect.stringMatching(/recipientId/) },
  ]);
  expect(rows[0].consentId).toMatch(/^cns_/);
  expect(last).toEqual({ isComplete: true, counts: { allowed: 1, refused: 5 }, error: null });
});

test('five hundred people cost two statements, however many come', async () => {
  const id = await consents.newPerson();
  people.statements.consent.length = 0;
  const many = Array.from({ length: 1_500 }, () => id);
  const { rows, last } = await served.send(lines(many), NDJSON, TOPIC);
  expect(rows).toHaveLength(1_500);
  expect(last.counts).toEqual({ allowed: 0, refused: 1_500 });
  expect(deeds(people.statements.consent)).toHaveLength(6);
});

test('an unknown word, another form and a caller without the scope are refused before anything is read', async () => {
  const id = await consents.newPerson();
  expect((await served.send(lines([id]), NDJSON, '?purpose=MARKETING&channel=FAX')).status).toBe(
    400,
  );
  expect((await served.send(lines([id]), 'text/csv', TOPIC)).status).toBe(415);
  principal = principalOf({ scopes: ['recipients:read'] });
  expect((await served.send(lines([id]), NDJSON, TOPIC)).status).toBe(403);
  principal = principalOf({ tenantId: 'globex' });
  const { rows } = await served.send(lines([id]), NDJSON, TOPIC);
  expect(rows).toMatchObject([{ allowed: false, reason: 'NO_ADDRESS' }]);
  principal = principalOf({});
});

test('a token that runs out on the way ends the answer, and says so', async () => {
  const id = await consents.newPerson();
  principal = { ...principalOf({}), expiresAt: people.clock.time / 1_000 + 60 };
  async function* slowly() {
    yield lines(Array.from({ length: 500 }, () => id));
    yield '\n';
    people.clock.time += 60_000;
    yield lines([id]);
  }
  const { rows, last } = await served.send(Readable.from(slowly()), NDJSON, TOPIC);
  expect(rows.length).toBeLessThan(501);
  expect(last).toMatchObject({ isComplete: false, error: { code: 'UNAUTHENTICATED' } });
  principal = principalOf({});
});
