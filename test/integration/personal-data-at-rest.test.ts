// What somebody reads who gets a dump, the data files or the write-ahead log: no number and no email address of anybody.
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startHarness, type CarrierHarness } from '../support/carrier-harness.ts';
import { registered, startPeople, type People } from '../support/people.ts';

/** Each is stored or asked for in another way below. */
const NUMBERS = ['4366098765432', '4366098765433', '4366098765434', '4366098765435'] as const;
const EMAILS = ['planted@example.org', 'planted-import@example.org'] as const;
/** Stored in clear text on purpose, so that a scan that finds nothing is no proof of a blind scanner. */
const CANARY = 'canary-6f1d2c';

const ADMIN = { scopes: ['recipients:admin', 'recipients:write', 'recipients:read', 'pii:read'] };

let people: People;
let carriers: CarrierHarness;
beforeAll(async () => {
  carriers = await startHarness();
  people = await startPeople([carriers.rbm]);
  const [stored, imported, added, lookedUp] = NUMBERS.map((number) => `+${number}`);
  const id = await registered(people, { phone: stored, email: EMAILS[0], externalId: CANARY });
  await done('importRecipients(input: { rows: [{ phone: $a, email: $b }] })', imported, EMAILS[1]);
  await done('addAddress(input: { recipientId: $a, phone: $b })', id, added);
  await done('refreshCapabilities(input: { recipientId: $a })', id);
  const answer = await people.ask(
    'recipients',
    'query ($msisdn: String!) { capabilityLookup(msisdn: $msisdn) { __typename } }',
    { msisdn: lookedUp },
    ADMIN,
  );
  if (answer.errors !== undefined) throw new Error(JSON.stringify(answer.errors));
  await done('exportRecipient(input: { recipientId: $a, reason: "at rest" })', id);
  const erased = await registered(people, { phone: '+4366098765499' });
  await done('eraseRecipient(input: { recipientId: $a, reason: "at rest" })', erased);
});
afterAll(async () => {
  await people.close();
  await carriers.close();
});

async function done(mutation: string, a?: string, b?: string): Promise<void> {
  const type = (argument: string) =>
    new RegExp(`Id: \\${argument}`).test(mutation) ? 'ID!' : 'String!';
  const declared = [
    a === undefined ? '' : `$a: ${type('$a')}`,
    b === undefined ? '' : `$b: ${type('$b')}`,
  ];
  const { data, errors } = await people.ask(
    'recipients',
    `mutation (${declared.join(' ')}) { done: ${mutation} { errors { __typename } } }`,
    { a, b },
    ADMIN,
  );
  expect(errors).toBeUndefined();
  expect(data.done.errors).toEqual([]);
}

/** A text in the spellings in which a column or a page of the log would show it. */
function spellings(text: string): string[] {
  const base64 = [0, 1, 2].map((offset) =>
    // Whatever stands before it in the encoded bytes, one of three shifts shows its middle.
    Buffer.from(`${' '.repeat(offset)}${text}`)
      .toString('base64')
      .slice(4, -4),
  );
  return [text, Buffer.from(text).toString('hex'), ...base64];
}
const SECRETS = [...NUMBERS, ...NUMBERS.map((number) => number.slice(2)), ...EMAILS, '66098765499'];

test('a dump of every table holds none of them', async () => {
  const tables = await people.sql<{ name: string }>(
    `select format('%I.%I', schemaname, tablename) as name from pg_tables
     where schemaname not in ('pg_catalog', 'information_schema')`,
  );
  const rows: string[] = [];
  for (const { name } of tables) {
    const found = await people.sql<{ row: string }>(`select t::text as row from ${name} t`);
    rows.push(...found.map(({ row }) => row));
  }
  const dump = rows.join('\n');
  expect(dump).toContain(CANARY);
  for (const secret of SECRETS.flatMap(spellings)) expect(dump).not.toContain(secret);
});

test('the data files and the write-ahead log hold none of them', async () => {
  await people.sql('checkpoint');
  const [place] = await people.sql<{ directory: string; database: number }>(
    `select current_setting('data_directory') as directory, oid::int as database
     from pg_database where datname = current_database()`,
  );
  const { directory = '', database = 0 } = place ?? {};
  const found = { heap: false, log: false };
  const leaks: string[] = [];
  for (const [kind, folder] of [
    ['heap', join(directory, 'base', String(database))],
    ['log', join(directory, 'pg_wal')],
  ] as const) {
    const entries = await readdir(folder, { withFileTypes: true });
    for (const entry of entries.filter((one) => one.isFile())) {
      const bytes = await readFile(join(folder, entry.name));
      if (bytes.includes(CANARY)) found[kind] = true;
      for (const secret of SECRETS.flatMap(spellings)) {
        if (bytes.includes(secret)) leaks.push(`${kind}: ${secret}`);
      }
    }
  }
  // What was stored in clear text is seen in both, so what is not seen is not there.
  expect(found).toEqual({ heap: true, log: true });
  expect(leaks).toEqual([]);
});
