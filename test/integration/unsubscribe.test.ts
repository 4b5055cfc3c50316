// One-click unsubscribe at consent's own door: a genuine link takes marketing by email back, once, and no other does.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import supertest from 'supertest';
import { makeUnsubscribeToken } from '../../crypto/unsubscribe-token.ts';
import { createHttpServer, type HttpServer } from '../../platform/http-server.ts';
import { createTakeTokens } from '../../platform/rate-limit.ts';
import { createAppendConsent } from '../../subgraphs/consent/append-consent.ts';
import type { ConsentDeps } from '../../subgraphs/consent/deps.ts';
import { unsubscribeDeed, unsubscribePage } from '../../subgraphs/consent/http/unsubscribe.ts';
import { consentSubjects, deviceOwners } from '../../subgraphs/recipients/facts.ts';
import { createPseudonyms } from '../../subgraphs/recipients/pseudonyms.ts';
import { consentsOf, said } from '../support/consents.ts';
import { openOutside } from '../support/outside.ts';
import { CONSENT_SETTINGS, startPeople, type People } from '../support/people.ts';
import { recordingLog } from '../support/recording-log.ts';

const CLICK = 'List-Unsubscribe=One-Click';
const EMAIL = { purpose: 'MARKETING', channels: ['EMAIL'] };
const FORM = 'application/x-www-form-urlencoded';
const DAY_MS = 86_400_000;

let people: People;
let consents: ReturnType<typeof consentsOf>;
let server: HttpServer;
let request: ReturnType<typeof supertest>;

beforeAll(async () => {
  people = await startPeople();
  consents = consentsOf(people);
  const { log } = recordingLog();
  const outside = openOutside();
  const deps: ConsentDeps = {
    ...people.work,
    log,
    database: people.databases.consent,
    ports: { ...createPseudonyms(people), consentSubjects, deviceOwners },
    random: Math.random,
    outside,
    settings: CONSENT_SETTINGS,
  };
  const door = { ...deps, takeTokens: createTakeTokens(deps) };
  server = createHttpServer({
    routes: [
      unsubscribePage(door),
      unsubscribeDeed({ ...door, append: createAppendConsent(deps) }),
    ],
    readiness: {},
    log,
    newId: () => 'incident',
  });
  request = supertest(`http://127.0.0.1:${await server.listen(0, '127.0.0.1')}`);
});
afterAll(async () => {
  await server.close(1_000);
  await people.close();
});
beforeEach(() => {
  people.clock.time += 60_000;
});

/** A person who may be sent marketing by email, and the link of a mail that was sent now. */
async function subscriber(): Promise<{ id: string; path: string }> {
  const id = await consents.newPerson();
  await consents.record(said(id, EMAIL));
  people.clock.time += 1_000;
  return { id, path: await linkOf(id) };
}
async function linkOf(id: string, tenant = 'acme'): Promise<string> {
  const { key } = await people.kms.macKey({ tenant, use: 'link' });
  return `/u/${tenant}/${makeUnsubscribeToken(key, id, people.clock.time)}`;
}
const click = (path: string, body = CLICK) => request.post(path).type(FORM).send(body);
const allowed = async (id: string, channel = 'EMAIL', purpose = 'MARKETING'): Promise<boolean> =>
  (await consents.decide(id, { purpose, channel })).allowed;

describe('a click', () => {
  test('takes marketing by email back, in effect when it is answered', async () => {
    const { id, path } = await subscriber();
    expect(await allowed(id)).toBe(true);
    const answer = await click(path).expect(200);
    expect(await allowed(id)).toBe(false);
    expect(answer.headers['set-cookie']).toBeUndefined();
    expect(answer.headers['cache-control']).toBe('no-store');
    expect(answer.redirects).toEqual([]);
    expect((await consents.logged(id)).at(-1)).toMatchObject({
      action: 'WITHDRAWN',
      channel: 'EMAIL',
      linkage: 'HASHED_EMAIL',
      actor: 'recipient',
    });
  });

  test('takes nothing else', async () => {
    const { id, path } = await subscriber();
    await consents.record(said(id, { channels: ['EMAIL', 'SMS'] }));
    await consents.record(said(id, { ...EMAIL, channels: ['SMS'] }));
    await click(path).expect(200);
    expect(await allowed(id, 'EMAIL', 'TRANSACTIONAL')).toBe(true);
    expect(await allowed(id, 'SMS')).toBe(true);
  });

  test('that is repeated, also at once, is recorded once', async () => {
    const { id, path } = await subscriber();
    await Promise.all([1, 2, 3].map(() => click(path).expect(200)));
    await click(path).expect(200);
    expect(await consents.logged(id)).toHaveLength(2);
  });

  test('on an old mail takes a new consent back too', async () => {
    const { id, path } = await subscriber();
    await click(path).expect(200);
    people.clock.time += DAY_MS;
    await consents.record(said(id, EMAIL));
    expect(await allowed(id)).toBe(true);
    people.clock.time += DAY_MS;
    await click(path).expect(200);
    expect(await allowed(id)).toBe(false);
  });

  test('comes in parts from some programs', async () => {
    const { id, path } = await subscriber();
    await request.post(path).field('List-Unsubscribe', 'One-Click').expect(200);
    expect(await allowed(id)).toBe(false);
  });

  test('counts after the key was rotated', async () => {
    const { id, path } = await subscriber();
    await people.kms.rotate({ tenant: 'acme', use: 'link' });
    await click(path).expect(200);
    expect(await allowed(id)).toBe(false);
  });
});

describe('the page', () => {
  test('asks, changes nothing, and may do nothing but post to itself', async () => {
    const { id, path } = await subscriber();
    const answer = await request.get(path).expect(200);
    expect(answer.text).toContain(`name="List-Unsubscribe" value="One-Click"`);
    expect(answer.headers['content-security-policy']).toMatch(
      /default-src 'none'.*form-action 'self'.*frame-ancestors 'none'/,
    );
    expect(await allowed(id)).toBe(true);
  });
});

test('a client that asked too often is told when to come again, and changes nothing', async () => {
  const { id, path } = await subscriber();
  await request.get(path).expect(200);
  await people.sql(`update consent.rate_bucket set full_at = to_timestamp($1 / 1000.0)`, [
    people.clock.time + 600 * 50 + 5_000,
  ]);
  const refused = await click(path).expect(429);
  expect(refused.headers['retry-after']).toBe('6');
  await request.get(path).expect(429);
  expect(await allowed(id)).toBe(true);
  people.clock.time += 60_000;
  await click(path).expect(200);
});

describe('refused is', () => {
  const checkRefused = async (id: string, path: string, status = 404): Promise<void> => {
    await click(path).expect(status);
    expect(await allowed(id)).toBe(true);
  };

  test('a forged link, with the page the same', async () => {
    const { id, path } = await subscriber();
    const last = path.at(-2) === 'A' ? 'B' : 'A';
    const forged = `${path.slice(0, -2)}${last}${path.slice(-1)}`;
    await checkRefused(id, forged);
    await request.get(forged).expect(404);
  });

  test('the link of another person', async () => {
    const { id } = await subscriber();
    const other = await subscriber();
    const otherId = other.path.split('/').at(-1)?.split('.')[0] ?? '';
    await checkRefused(id, other.path.replace(otherId, id));
  });

  test('a link made by another tenant, and the same link under that tenant', async () => {
    const { id, path } = await subscriber();
    await checkRefused(id, (await linkOf(id, 'globex')).replace('globex', 'acme'));
    await checkRefused(id, path.replace('acme', 'globex'));
    await checkRefused(id, path.replace('acme', 'nobody'));
  });

  test('a link that is too old', async () => {
    const { id, path } = await subscriber();
    people.clock.time += 367 * DAY_MS;
    await checkRefused(id, path);
  });

  test.each(['', 'List-Unsubscribe=no', 'x=One-Click'])(
    'a post that is no click: %j',
    async (body) => {
      const { id, path } = await subscriber();
      await click(path, body).expect(400);
      expect(await allowed(id)).toBe(true);
    },
  );

  test('a body that is larger than a click', async () => {
    const { id, path } = await subscriber();
    await click(path, `${CLICK}&x=${'x'.repeat(3_000)}`).expect(413);
    expect(await allowed(id)).toBe(true);
  });

  test('what is no link at all', async () => {
    for (const path of ['/u/acme/x', '/u/acme/msg_x.y', '/u/%20/x', '/u/acme/%00']) {
      expect((await click(path)).status).toBe(404);
    }
  });
});
