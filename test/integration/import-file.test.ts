// Files of people over a real socket: a line for each row, whatever the file, and never the whole of it in memory.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Readable } from 'node:stream';
import { importFile } from '../../subgraphs/recipients/http/import-file.ts';
import { principalOf, startPeople, type People } from '../support/people.ts';
import { recordingLog } from '../support/recording-log.ts';
import { serveUpload } from '../support/uploads.ts';

let people: People;
let served: Awaited<ReturnType<typeof serveUpload>>;
let principal = principalOf({});
const { log, lines: logged } = recordingLog();

beforeAll(async () => {
  people = await startPeople();
  served = await serveUpload(importFile({ ...people.work, log }), log, () => principal);
});
afterAll(async () => {
  await served.close();
  await people.close();
});

const upload = (body: string | Readable, type?: string) => served.send(body, type);

test('NDJSON is imported row by row, and a bad line is refused by its number', async () => {
  const { status, rows, last } = await upload(
    [
      '{"externalId":"file-1","phone":"+14155553001","optOuts":[{"channel":"SMS"}]}',
      '{"externalId":"file-2"',
      '',
      '{"externalId":"file-3","shoeSize":43}',
      '{"externalId":"file-4","preferredChannels":["FAX"]}',
      '{"externalId":"file-5","phone":"12"}',
      '{"externalId":"file-6","email":"file6@example.com"}',
    ].join('\r\n'),
  );
  expect(status).toBe(200);
  expect(rows.map(({ row, outcome }) => [row, outcome])).toEqual([
    [1, 'CREATED'],
    [2, 'REFUSED'],
    [3, 'REFUSED'],
    [4, 'REFUSED'],
    [5, 'REFUSED'],
    [6, 'CREATED'],
  ]);
  expect(rows.map(({ errors }) => errors.map(({ path }: { path: string[] }) => path))).toEqual([
    [],
    [[]],
    [['shoeSize']],
    [['preferredChannels']],
    [['phone']],
    [],
  ]);
  expect(rows[0].recipientId).toMatch(/^rcp_/);
  expect(last).toEqual({
    isComplete: true,
    counts: { CREATED: 2, UPDATED: 0, UNCHANGED: 0, REFUSED: 4 },
    error: null,
  });
});

test('CSV means the same, with quotes, lists and parts', async () => {
  const { rows, last } = await upload(
    '\uFEFFexternalId,phone,carrier,timeZone,preferredChannels,externalIds.user_id,quietHours.from,quietHours.to,featureFlags.beta\r\n' +
      'csv-1,+14155553101,"A1, ""Vienna""",Europe/Vienna,SMS EMAIL,u-1,22:00,07:00,true\r\n' +
      'csv-2,+14155553102,,,,,,,maybe\r\n',
    'text/csv; charset=utf-8',
  );
  expect(rows.map(({ outcome }) => outcome)).toEqual(['CREATED', 'REFUSED']);
  expect(rows[1].errors[0].path).toEqual(['featureFlags']);
  expect(last.isComplete).toBe(true);
  const { data } = await people.ask(
    'recipients',
    `{ recipientByExternalId(kind: "user_id", value: "u-1") {
         carrier timeZone preferredChannels quietHours { from to days } featureFlags { name isEnabled } } }`,
  );
  expect(data.recipientByExternalId).toMatchObject({
    carrier: 'A1, "Vienna"',
    timeZone: 'Europe/Vienna',
    preferredChannels: ['SMS', 'EMAIL'],
    quietHours: { from: '22:00', to: '07:00' },
    featureFlags: [{ name: 'beta', isEnabled: true }],
  });
});

test('a file of many batches that comes in small pieces is imported once, however often it is sent', async () => {
  const text = Array.from(
    { length: 1_200 },
    (_, n) => `{"externalId":"big-${n}","email":"big${n}@example.com"}\n`,
  ).join('');
  const pieces = (text.match(/[\s\S]{1,777}/g) ?? []).map((piece) => Buffer.from(piece));
  const first = await upload(Readable.from(pieces));
  expect(first.last.counts).toMatchObject({ CREATED: 1_200 });
  expect(first.rows.map(({ row }) => row)).toEqual(Array.from({ length: 1_200 }, (_, n) => n + 1));
  const second = await upload(text);
  expect(second.last.counts).toMatchObject({ CREATED: 0, UNCHANGED: 1_200 });
});

test('what breaks the file ends the answer with the reason, and what was imported stays', async () => {
  const good = Array.from({ length: 500 }, (_, n) => `{"externalId":"half-${n}"}\n`).join('');
  const { rows, last } = await upload(`${good}{"externalId":"${'x'.repeat(70_000)}"}\n`);
  expect(rows).toHaveLength(500);
  expect(last).toMatchObject({ isComplete: false, error: { code: 'PAYLOAD_TOO_LARGE' } });
  const csv = await upload('externalId,phone\n"csv-open,+14155553103\n', 'text/csv');
  expect(csv.last).toMatchObject({ isComplete: false, error: { code: 'BAD_USER_INPUT' } });
  expect(JSON.stringify(csv.last)).not.toContain('4155553103');
});

test('a token that runs out on the way ends the import', async () => {
  principal = { ...principalOf({}), expiresAt: people.clock.now() / 1_000 - 1 };
  const { rows, last } = await upload('{"externalId":"late"}\n');
  principal = principalOf({});
  expect(rows).toEqual([]);
  expect(last).toMatchObject({ isComplete: false, error: { code: 'UNAUTHENTICATED' } });
});

test('other kinds of files, and callers without the scope, are refused before anything is read', async () => {
  expect((await upload('a,b', 'text/plain')).status).toBe(415);
  principal = principalOf({ scopes: ['recipients:read'] });
  expect((await upload('{}')).status).toBe(403);
  principal = principalOf({});
});

test('nothing of the rows reaches the log', () => {
  expect(JSON.stringify(logged())).not.toMatch(/4155553|example\.com/);
});
