// Didomi and OneTrust at their door: each proven in the way it knows, and read in its own shape.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { generateKeyPair, SignJWT } from 'jose';
import { ADMIN, ONETRUST_PURPOSE, startCmp, type CmpHarness } from '../support/cmp.ts';
import { registered } from '../support/people.ts';
import { sample } from '../support/samples.ts';

let cmp: CmpHarness;
let tokens = 0;
beforeAll(async () => {
  cmp = await startCmp();
});
afterAll(() => cmp.close());
beforeEach(() => {
  cmp.people.clock.time += 600_000;
});

const expectRefused: CmpHarness['expectRefused'] = (...given) => cmp.expectRefused(...given);

describe('Didomi', () => {
  const didomi = (over: object = {}, secret = cmp.secrets.didomi) =>
    cmp.request
      .post('/cmp/acme/didomi')
      .set('authorization', `Bearer ${secret}`)
      .send({ ...sample<object>('cmp/didomi-event'), ...over });

  test('gets its token by client credentials, and its event counts under its regulation', async () => {
    const id = await registered(cmp.people, { phone: '+14155557001', region: 'FR' });
    const form = { grant_type: 'client_credentials', client_id: 'didomi' };
    const { body: granted } = await cmp.request
      .post('/cmp/acme/didomi/token')
      .type('form')
      .send({ ...form, client_secret: cmp.secrets.didomi })
      .expect(200);
    expect(granted).toMatchObject({ token_type: 'Bearer', expires_in: 3_600 });
    await didomi({}, granted.access_token).expect(200, { recordedCount: 2, replayed: false });
    const about = {
      regulation: 'GDPR',
      jurisdiction: 'FR',
      cmp_name: 'Didomi',
      cmp_signature: null,
    };
    expect((await cmp.records()).at(-1)).toMatchObject(about);
    expect(await cmp.marketing(id)).toBe(true);
    // What a Californian form says of the same person stands beside it.
    const cpra = sample<{ parameters: { entity: object } }>('cmp/didomi-event');
    const consents = { purposes: [{ id: 'marketing_messages', enabled: false }] };
    const entity = { ...cpra.parameters.entity, id: 'cpra-1', consents };
    await didomi({ regulation: 'cpra', parameters: { entity } }).expect(200);
    expect((await cmp.records()).at(-1)).toMatchObject({ action: 'WITHDRAWN', regulation: 'CPRA' });
    expect(await cmp.marketing(id)).toBe(true);
  });

  test('is known by its secret alone, as a token or as a password', async () => {
    const basic = (secret: string) =>
      cmp.request
        .post('/cmp/acme/didomi')
        .auth('didomi', secret)
        .send(sample<object>('cmp/didomi-event'));
    expect((await basic(cmp.secrets.didomi)).body).toMatchObject({ replayed: true });
    await expectRefused(basic('wrong'), 401, { code: 'UNAUTHENTICATED' });
    await expectRefused(didomi({}, cmp.secrets.generic), 401, { code: 'UNAUTHENTICATED' });
    await expectRefused(cmp.request.post('/cmp/acme/didomi').send({}), 401, {});
    const grant = (client_secret: string, grant_type = 'client_credentials') =>
      cmp.request.post('/cmp/acme/didomi/token').type('form').send({ grant_type, client_secret });
    await grant('wrong').expect(401);
    await grant('').expect(401);
    const { secret } = await cmp.configure({ format: 'GENERIC' }, { tenantId: 'globex', ...ADMIN });
    const elsewhere = cmp.request.post('/cmp/globex/didomi/token').type('form');
    await elsewhere.send({ grant_type: 'client_credentials', client_secret: secret }).expect(401);
    await grant(cmp.secrets.didomi, 'password').expect(401);
    await cmp.request.post('/cmp/globex/didomi/token').type('form').send({}).expect(401);
  });

  test('tells of users and deletions, which are no choices', async () => {
    const before = await cmp.records();
    await didomi({ type: 'user.deleted' }).expect(200, { recordedCount: 0, replayed: false });
    expect(await cmp.records()).toHaveLength(before.length);
  });
});

describe('OneTrust', () => {
  const SUBJECT = '+14155557002';
  const token = async (over: object = {}, key = cmp.keys.privateKey, alg = 'RS512') =>
    new SignJWT({
      sub: SUBJECT,
      jti: `t-${(tokens += 1)}`,
      exp: cmp.people.clock.time / 1000 + 60,
      ...over,
    })
      .setProtectedHeader({ alg, kid: 'k1' })
      .sign(key);
  const onetrust = (jwt: string, over: object = {}) =>
    cmp.request
      .post('/cmp/acme/onetrust')
      .set('authorization', `Bearer ${jwt}`)
      .send({ ...sample<object>('cmp/onetrust-receipt'), ...purposes, ...over });
  const purposes = { purposes: [{ Id: ONETRUST_PURPOSE, TransactionType: 'CONFIRMED' }] };

  test('is proven by a token for the identifier, and recorded with its signature', async () => {
    const id = await registered(cmp.people, { phone: SUBJECT, region: 'US' });
    const jwt = await token();
    await onetrust(jwt).expect(200, { recordedCount: 2, replayed: false });
    expect(await cmp.marketing(id)).toBe(true);
    const about = { cmp_name: 'OneTrust', jurisdiction: 'US-GA', cmp_signature: jwt.split('.')[2] };
    expect((await cmp.records()).at(-1)).toMatchObject(about);
    await onetrust(jwt).expect(200, { recordedCount: 0, replayed: true });
    const other = onetrust(jwt, { consentDate: '2026-11-19T00:00:00Z' });
    await expectRefused(other, 409, { code: 'CONFLICT' });
  });

  test('is refused without a token that holds for this identifier, here and now', async () => {
    const forger = await generateKeyPair('RS512');
    const refused = { code: 'UNAUTHENTICATED' };
    for (const jwt of [
      await token({}, forger.privateKey),
      await token({ sub: '+14155557003' }),
      await token({ exp: cmp.people.clock.time / 1000 - 60 }),
      await token({ exp: undefined }),
      await token({ jti: undefined }),
      `${(await token()).split('.', 2).join('.')}.`,
      'junk',
    ]) {
      await expectRefused(onetrust(jwt), 401, refused);
    }
    const bare = cmp.request
      .post('/cmp/acme/onetrust')
      .send(sample<object>('cmp/onetrust-receipt'));
    await expectRefused(bare, 401, refused);
  });
});
