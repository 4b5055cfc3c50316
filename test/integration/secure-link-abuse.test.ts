// What the secure page stands: guessed codes, borrowed cookies and links, and readers of logs.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { Client } from 'pg';
import supertest from 'supertest';
import {
  CANARY,
  PUBLIC_URL,
  SEALED,
  startLinked,
  type Linked,
  type LinkedPerson,
} from '../support/linked.ts';
import { secureBrowser, type SecureBrowser } from '../support/secure-page.ts';

let linked: Linked;
beforeAll(async () => {
  linked = await startLinked();
}, 60_000);
afterAll(() => linked.stop());

let person: LinkedPerson;
let browser: SecureBrowser;
beforeEach(async () => {
  person = await linked.person();
  browser = await linked.browser(person);
  await browser.look();
});

const other = (code: string): string => String((Number(code) + 1) % 1_000_000).padStart(6, '0');
/** The same link in another browser. */
const another = (): SecureBrowser => secureBrowser(linked.platform.url, PUBLIC_URL + browser.path);

async function askedCode(): Promise<string> {
  expect((await browser.ask()).status).toBe(200);
  return linked.codeAt(person.email);
}

async function sql<Row extends object>(text: string, values: unknown[] = []): Promise<Row[]> {
  const client = new Client({ connectionString: linked.platform.databaseUrl });
  await client.connect();
  const { rows } = await client.query<Row>(text, values);
  await client.end();
  return rows;
}

describe('codes', () => {
  test('of fifty tries at once five are weighed, and a right one after them is refused', async () => {
    const code = await askedCode();
    const tries = await Promise.all(Array.from({ length: 50 }, () => browser.type(other(code))));
    const statuses = tries.map(({ status }) => status);
    expect(statuses.every((status) => status === 422 || status === 429)).toBe(true);
    expect(statuses.filter((status) => status === 429).length).toBeGreaterThanOrEqual(30);
    const [row] = await sql<{ tries: number }>(
      'select max(tries) as tries from messages.one_time_code',
    );
    expect(row?.tries).toBe(5);
    linked.platform.clock.ahead += 60_000;
    const late = await browser.type(code);
    expect(late.status).toBe(422);
    expect(late.text).toContain('not good any more');
    expect((await browser.look()).text).not.toContain(CANARY);
  });

  test('are five for a link, and then one each half hour', async () => {
    for (let count = 0; count < 5; count += 1) {
      expect((await browser.ask()).status).toBe(200);
      linked.platform.clock.ahead += 130_000;
    }
    const refused = await browser.ask();
    expect(refused.status).toBe(429);
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(1_000);
    expect(refused.text).toMatch(/Wait \d+ min/);
    linked.platform.clock.ahead += 1_800_000;
    await browser.look();
    expect((await browser.ask()).status).toBe(200);
  });

  test('are good in the browser that asked for them alone', async () => {
    const code = await askedCode();
    const thief = another();
    await thief.look();
    expect((await thief.type(code)).status).toBe(422);
    expect((await thief.look()).text).not.toContain(CANARY);
    expect((await browser.type(code)).status).toBe(303);
    expect((await thief.look()).text).not.toContain(CANARY);
  });

  test.each(['', '12345', '1234567', 'abcdef', '１２３４５６', '123456; drop'])(
    'that cannot be one are no try: %j',
    async (text) => {
      const code = await askedCode();
      expect((await browser.type(text)).status).toBe(422);
      expect((await browser.type(code)).status).toBe(303);
    },
  );

  test('whose time is over open nothing', async () => {
    const code = await askedCode();
    linked.platform.clock.ahead += 600_000;
    expect((await browser.type(code)).status).toBe(422);
    expect((await browser.look()).text).not.toContain(CANARY);
  });

  test('that were used open nothing again', async () => {
    const code = await askedCode();
    const before = browser.cookie;
    await browser.type(code);
    browser.cookie = before;
    expect((await browser.type(code)).status).toBe(422);
    expect((await browser.look()).text).not.toContain(CANARY);
  });
});

describe('a cookie opens nothing', () => {
  test('that was there before the code was right', async () => {
    const planted = browser.cookie;
    await browser.type(await askedCode());
    expect(browser.cookie).not.toBe(planted);
    expect((await browser.look()).text).toContain(CANARY);
    expect((await browser.look({ cookie: planted })).text).not.toContain(CANARY);
  });

  test('of another link of the same person, or of another person', async () => {
    await browser.type(await askedCode());
    const second = await linked.browser(person);
    const stranger = await linked.browser(await linked.person());
    for (const elsewhere of [second, stranger]) {
      expect((await elsewhere.look({ cookie: browser.cookie })).text).not.toContain(CANARY);
    }
  });

  test('that is made up', async () => {
    for (const cookie of [`__Secure-parley=${'A'.repeat(43)}`, '__Secure-parley=', 'x=%00']) {
      expect((await browser.look({ cookie })).text).not.toContain(CANARY);
    }
  });

  test('and it is kept from scripts, other sites, other links and the open wire', async () => {
    const { headers } = await another().look();
    expect(String(headers['set-cookie'])).toBe(
      `${/__Secure-parley=[\w-]{43}/.exec(String(headers['set-cookie']))?.[0]}; Path=${browser.path}; Max-Age=1800; Secure; HttpOnly; SameSite=Strict`,
    );
  });
});

describe('a link is not good', () => {
  const status = async (path: string): Promise<number> =>
    (await supertest(linked.platform.url).get(path)).status;

  test('with the proof of another tenant’s, or of another message', async () => {
    const globex = await linked.person({ tenant: 'globex' });
    await linked.send(globex, { tenant: 'globex' });
    const theirs = /\/l\/\S+/.exec(await linked.shown(globex.phone))?.[0] ?? '';
    const second = await linked.browser(person);
    const [ours] = browser.path.split('.');
    for (const path of [theirs, second.path]) {
      expect(await status(path)).toBe(200);
      expect(await status(`${ours}.${path.split('.')[1]}`)).toBe(404);
      expect(await status(`${path.split('.')[0]}.${browser.path.split('.')[1]}`)).toBe(404);
    }
  });

  test('when its message was cancelled, also for who has opened it', async () => {
    await browser.type(await askedCode());
    await sql(`update messages.message set end_status = 'CANCELLED' where recipient_id =
      (select recipient_id from messages.link_visit order by created_at desc limit 1)`);
    expect((await browser.look()).status).toBe(404);
    expect((await browser.ask()).status).toBe(404);
  });

  test('when its person is erased, also for who has opened it', async () => {
    await browser.type(await askedCode());
    await linked.platform.ask(
      `mutation ($id: ID!) { eraseRecipient(input: { recipientId: $id, reason: "asked" }) { errors { __typename } } }`,
      { id: person.id },
    );
    expect((await browser.look()).status).toBe(404);
  });
});

test('neither the logs nor the tables hold link, code or cookie', async () => {
  const code = await askedCode();
  await browser.type(other(code));
  await browser.type(code);
  await browser.look();
  const [, token = ''] = browser.path.split('.');
  const secret = browser.cookie.split('=')[1] ?? '';
  const tables = await sql<{ name: string }>(
    `select format('%I.%I', schemaname, tablename) as name from pg_tables where schemaname = 'messages'`,
  );
  const dumps = await Promise.all(
    tables.map(({ name }) => sql<{ row: string }>(`select t::text as row from ${name} t`)),
  );
  const dump = dumps.flat().map(({ row }) => row);
  const logs = linked.platform.lines().map((line) => JSON.stringify(line));
  expect(dump.length).toBeGreaterThan(50);
  expect(logs.length).toBeGreaterThan(10);
  const hex = Buffer.from(secret).toString('hex');
  const raw = Buffer.from(secret, 'base64url').toString('hex');
  for (const text of [...dump, ...logs]) {
    for (const hidden of [token, secret, hex, raw, browser.form, CANARY, SEALED, person.email]) {
      expect(text).not.toContain(hidden);
    }
    expect(text).not.toMatch(new RegExp(`(?<![\\d.])${code}(?![\\d])`));
  }
});
