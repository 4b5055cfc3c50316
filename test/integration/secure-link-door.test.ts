// What the secure page's door stands: forms of other sites, bodies that are none, floods; and what all of its answers say.
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { Client } from 'pg';
import supertest from 'supertest';
import { PUBLIC_URL, startLinked, type Linked, type LinkedPerson } from '../support/linked.ts';
import type { PageAnswer, SecureBrowser } from '../support/secure-page.ts';

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

async function sql<Row extends object>(text: string, values: unknown[] = []): Promise<Row[]> {
  const client = new Client({ connectionString: linked.platform.databaseUrl });
  await client.connect();
  const { rows } = await client.query<Row>(text, values);
  await client.end();
  return rows;
}
const mails = (): number => linked.carrier.control.handset(person.email).length;

describe('a form is refused', () => {
  test.each([
    ['of another site', { origin: 'https://evil.example' }],
    ['of a site that hides', { origin: 'null' }],
    ['of the same host on another port', { origin: `${PUBLIC_URL}:8443` }],
    ['that the browser calls another site’s', { origin: '', 'sec-fetch-site': 'cross-site' }],
    ['without a cookie', { cookie: '' }],
    ['with another cookie', { cookie: `__Secure-parley=${'A'.repeat(43)}` }],
  ])('%s, and sends nothing', async (_, headers) => {
    const refused = await browser.ask(headers);
    expect(refused.status).toBe(403);
    expect(mails()).toBe(0);
  });

  test('without its token, or with that of another link', async () => {
    const elsewhere = await linked.browser(person);
    await elsewhere.look();
    for (const form of ['', elsewhere.form, `${browser.form}x`]) {
      const token = browser.form;
      browser.form = form;
      expect((await browser.ask()).status).toBe(403);
      browser.form = token;
    }
    expect(mails()).toBe(0);
  });

  test('never because an old browser does not say where it is from', async () => {
    expect((await browser.ask({ origin: '' })).status).toBe(200);
    const code = await linked.codeAt(person.email);
    const typed = await browser.type(code, { origin: '', 'sec-fetch-site': 'same-origin' });
    expect(typed.status).toBe(303);
  });

  test('and the page that says so has a form that works', async () => {
    await browser.ask({ cookie: '' });
    expect((await browser.ask()).status).toBe(200);
  });

  test('that is too large, compressed, or none', async () => {
    const post = () => supertest(linked.platform.url).post(browser.path);
    expect(
      (
        await post()
          .type('form')
          .send(`code=${'1'.repeat(2_000)}`)
      ).status,
    ).toBe(413);
    const small = gzipSync('x'.repeat(100_000));
    const packed = post().type('form').set('content-encoding', 'gzip');
    expect((await packed.serialize((body) => body as string).send(small)).status).toBe(415);
    expect((await post().type('text/plain').send('deed=send')).status).toBe(415);
    expect((await post().type('json').send('{"deed":"send"}')).status).toBe(415);
    expect((await supertest(linked.platform.url).put(browser.path)).status).toBe(405);
    expect(mails()).toBe(0);
  });
});

describe('one client', () => {
  const names = async (): Promise<string[]> =>
    (
      await sql<{ name: string }>('select encode(name, $1) as name from messages.rate_bucket', [
        'hex',
      ])
    ).map(({ name }) => name);

  test('is known by the last hop alone, whatever it says of others', async () => {
    await browser.look({ 'x-forwarded-for': '192.0.2.77' });
    const before = await names();
    for (const told of ['203.0.113.1, 192.0.2.77', '203.0.113.2, 203.0.113.3,192.0.2.77']) {
      await browser.look({ 'x-forwarded-for': told });
    }
    expect(await names()).toEqual(before);
    await browser.look({ 'x-forwarded-for': '192.0.2.78' });
    expect(await names()).toHaveLength(before.length + 1);
  });

  test('that asked too often is refused for good links and bad ones, and others are not', async () => {
    const from = { 'x-forwarded-for': '192.0.2.79' };
    const before = new Set(await names());
    await browser.look(from);
    const bucket = (await names()).find((name) => !before.has(name));
    // As after 600 requests at once: counting them here would measure the machine.
    const changed = await sql(
      `update messages.rate_bucket set full_at = to_timestamp($2 / 1000.0) where name = decode($1, 'hex') returning 1`,
      [bucket, linked.platform.clock.now() + 600 * 50 + 90_000],
    );
    expect(changed).toHaveLength(1);
    const refused = await browser.look(from);
    expect(refused.status).toBe(429);
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(30);
    expect((await browser.ask(from)).status).toBe(429);
    const bad = await supertest(linked.platform.url).get('/l/junk').set(from);
    expect([bad.status, bad.text]).toEqual([429, refused.text]);
    expect((await browser.look()).status).toBe(200);
  });
});

test('every answer is kept by nobody, framed nowhere, and runs nothing', async () => {
  const answers: PageAnswer[] = [
    await browser.look(),
    await browser.ask({ origin: 'null' }),
    await browser.ask(),
    await browser.type('000000x'),
    await browser.type(await linked.codeAt(person.email)),
    await browser.look(),
    await supertest(linked.platform.url).get('/l/junk'),
  ];
  expect(answers.map(({ status }) => status)).toEqual([200, 403, 200, 422, 303, 200, 404]);
  expect(answers[5]?.headers['refresh']).toBe('600');
  for (const { headers, text } of answers) {
    expect(headers).toMatchObject({
      'cache-control': 'no-store',
      'referrer-policy': 'same-origin',
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'x-robots-tag': 'noindex, nofollow',
      'content-security-policy': expect.stringMatching(
        /^default-src 'none'; style-src 'sha256-[^']+'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'$/,
      ),
    });
    expect(headers['etag']).toBeUndefined();
    expect(text).not.toMatch(/<script|<link|<img|<iframe|\son\w+=|style=/i);
  }
});
