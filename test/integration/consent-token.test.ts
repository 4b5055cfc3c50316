// Tokens for the edge: for what the gate allows, verified with another library from the published keys, and soon over.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createLocalJWKSet, decodeJwt, jwtVerify, type JSONWebKeySet } from 'jose';
import { consentsOf, said } from '../support/consents.ts';
import { registered, startPeople, type People } from '../support/people.ts';

let people: People;
let recipientId: string;
beforeAll(async () => {
  people = await startPeople();
  recipientId = await registered(people, { phone: '+14155556001' });
  await consentsOf(people).record(said(recipientId, { channels: ['SMS'] }));
});
afterAll(() => people.close());

const tokenFor = async (over: object = {}, tenantId = 'acme') => {
  const { data, errors } = await people.ask(
    'consent',
    `query ($question: ConsentQuestionInput!) { consentToken(question: $question) { token expiresAt reason } }`,
    { question: { recipientId, purpose: 'TRANSACTIONAL', channel: 'SMS', ...over } },
    { tenantId },
  );
  expect(errors).toBeUndefined();
  return data.consentToken;
};

/** What a function at the edge does, with nothing of ours. */
const verify = async (token: string, at: number, tenantId = 'acme') => {
  const keys = createLocalJWKSet((await people.kms.jwks(tenantId)) as unknown as JSONWebKeySet);
  return jwtVerify(token, keys, {
    issuer: 'parley',
    audience: tenantId,
    typ: 'consent+jwt',
    algorithms: ['EdDSA', 'Ed25519'],
    currentDate: new Date(at),
    requiredClaims: ['exp', 'sub', 'purpose', 'channel'],
  });
};

test('what the gate allows gets a token that anybody with the keys can verify', async () => {
  const { token, expiresAt, reason } = await tokenFor();
  expect(reason).toBeNull();
  expect(Date.parse(expiresAt)).toBe(people.clock.time + 60_000);
  const { payload } = await verify(token, people.clock.time);
  expect(payload).toMatchObject({ aud: 'acme', purpose: 'TRANSACTIONAL', channel: 'SMS' });
  expect(payload.sub).toMatch(/^pn1\./);
  expect(payload['consent_id']).toMatch(/^cns_/);
  expect(JSON.stringify(payload)).not.toContain('4155556001');
});

test('a token is over after a minute, is nobody else’s, and breaks when it is changed', async () => {
  const { token } = await tokenFor();
  await expect(verify(token, people.clock.time + 60_000)).rejects.toThrow(/exp/);
  await tokenFor({}, 'globex');
  await expect(verify(token, people.clock.time, 'globex')).rejects.toThrow(/aud|key/);
  const [head = '', , signature = ''] = token.split('.');
  const forged = Buffer.from(JSON.stringify({ ...decodeJwt(token), channel: 'RCS' }));
  await expect(
    verify(`${head}.${forged.toString('base64url')}.${signature}`, people.clock.time),
  ).rejects.toThrow(/signature/);
});

test('a consent that ends sooner takes its token with it', async () => {
  const id = await registered(people, { phone: '+14155556002' });
  const expiresAt = new Date(people.clock.time + 20_000).toISOString();
  await consentsOf(people).record(said(id, { channels: ['SMS'], expiresAt }));
  expect((await tokenFor({ recipientId: id })).expiresAt).toBe(expiresAt);
});

test('what the gate refuses gets no token but the reason', async () => {
  const none = { token: null, expiresAt: null };
  expect(await tokenFor({ channel: 'RCS' })).toEqual({ ...none, reason: 'CONSENT_MISSING' });
  expect(await tokenFor({ recipientId: 'rcp_nobody' })).toEqual({ ...none, reason: 'NO_ADDRESS' });
  expect(await tokenFor({}, 'globex')).toEqual({ ...none, reason: 'NO_ADDRESS' });
  await consentsOf(people).withdraw(said(recipientId, { channels: ['SMS'] }));
  expect(await tokenFor()).toEqual({ ...none, reason: 'CONSENT_WITHDRAWN' });
});

test('the rules of every jurisdiction are shown with where they are written', async () => {
  const { data } = await people.ask(
    'consent',
    `{ all: jurisdictionRules { name version regions implied { method days } sources }
       vienna: jurisdictionRules(region: "AT-9") { name } mars: jurisdictionRules(region: "XX") { name } }`,
  );
  expect(data.all.map(({ name }: { name: string }) => name)).toEqual([
    'GDPR',
    'TCPA',
    'CPRA',
    'CASL',
    'STRICT',
  ]);
  for (const { sources } of data.all) expect(sources.length).toBeGreaterThan(0);
  expect(data.all[1]).toMatchObject({ regions: ['US'] });
  expect(data.vienna).toEqual([{ name: 'GDPR' }]);
  expect(data.mars).toEqual([{ name: 'STRICT' }]);
});
