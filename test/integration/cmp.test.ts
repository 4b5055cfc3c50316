// Consent management platforms at the part's own door: what is proven is recorded once, and nothing else is at all.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Test } from 'supertest';
import { openPayload } from '../../subgraphs/consent/cmp-payload.ts';
import { ADMIN, jwkOf, startCmp, type CmpHarness } from '../support/cmp.ts';
import { registered } from '../support/people.ts';

const PHONE = '+14155557000';

let cmp: CmpHarness;
let known: string;
beforeAll(async () => {
  cmp = await startCmp();
  known = await registered(cmp.people, { phone: PHONE, region: 'US' });
});
afterAll(() => cmp.close());
beforeEach(() => {
  cmp.people.clock.time += 600_000;
});

const expectRefused: CmpHarness['expectRefused'] = (...given) => cmp.expectRefused(...given);

const choice = (over: object = {}) => {
  const timestamp = new Date(cmp.people.clock.time).toISOString();
  return { purpose: 'marketing_rcs', status: 'granted', timestamp, ...over };
};
const event = (over: object = {}): object => ({
  identifier: PHONE,
  choices: [choice()],
  cmp: { name: 'Acme consent', version: '4.2' },
  ...over,
});

describe('an event of the platform’s own form', () => {
  test('is recorded for the person, in effect when it is answered, and withdrawn likewise', async () => {
    await cmp.send(event()).expect(200, { recordedCount: 2, replayed: false });
    expect(await cmp.marketing(known)).toBe(true);
    const [record] = (await cmp.records()).slice(-2);
    expect(record).toMatchObject({
      source: 'CMP',
      method: 'FORM',
      jurisdiction: 'US',
      regulation: 'ALL',
      policy_version: '2026-11',
      cmp_name: 'Acme consent',
      cmp_version: '4.2',
      cmp_signature: expect.stringMatching(/^v1,/),
      actor: 'cmp:generic',
    });
    cmp.people.clock.time += 600_000;
    await cmp.send(event({ choices: [choice({ status: 'withdrawn' })] })).expect(200);
    expect(await cmp.marketing(known)).toBe(false);
    expect(await cmp.marketing(known, { channel: 'RCS' })).toBe(false);
  });

  test('that comes again changes nothing, and with another body it is a conflict', async () => {
    const body = event();
    await cmp.send(body, { id: 'once' }).expect(200, { recordedCount: 2, replayed: false });
    const before = await cmp.records();
    await cmp.send(body, { id: 'once' }).expect(200, { recordedCount: 0, replayed: true });
    expect(await cmp.records()).toHaveLength(before.length);
    const other = cmp.send(event({ choices: [choice({ status: 'withdrawn' })] }), { id: 'once' });
    await expectRefused(other, 409, { code: 'CONFLICT' });
  });

  test('that comes twice at once is recorded once', async () => {
    const body = event({ identifier: '+14155557011' });
    const answers = await Promise.all([1, 2, 3].map(() => cmp.send(body, { id: 'at-once' })));
    const counts = answers.map(({ body: told }) => Number(told.recordedCount));
    expect(counts.toSorted((a, b) => a - b)).toEqual([0, 0, 2]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
  });

  test('about somebody unknown waits under the pseudonym until they come', async () => {
    const phone = '+14155557012';
    await cmp.send(event({ identifier: phone })).expect(200, { recordedCount: 2, replayed: false });
    const [record] = (await cmp.records()).slice(-1);
    expect(record).toMatchObject({ recipient_id: null, linkage: 'HASHED_PHONE' });
    const id = await registered(cmp.people, { phone, region: 'US' });
    expect(await cmp.marketing(id)).toBe(true);
  });

  test('names the person by any spelling of the number', async () => {
    await cmp.send(event({ identifier: '+1 (415) 555-7013' })).expect(200);
    cmp.people.clock.time += 1_000;
    await cmp.send(event({ identifier: ' +14155557013' })).expect(200);
    const subjects = (await cmp.records()).slice(-4).map(({ subject }) => subject);
    expect(new Set(subjects).size).toBe(1);
  });

  test('by email speaks for the channels of whoever has that address', async () => {
    const email = 'cmp@example.com';
    await cmp.send(event({ identifier: email })).expect(200, { recordedCount: 0, replayed: false });
    const id = await registered(cmp.people, { phone: '+14155557014', email, region: 'US' });
    await cmp.send(event({ identifier: email })).expect(200, { recordedCount: 2, replayed: false });
    expect(await cmp.marketing(id)).toBe(true);
  });

  test('is kept verbatim, sealed, and opens for whoever has to prove it', async () => {
    const body = JSON.stringify(event({ identifier: '+14155557015' }));
    await cmp.send(body, { id: 'evidence' }).expect(200);
    const row = (await cmp.events()).at(-1);
    if (row === undefined) throw new Error('nothing was kept');
    const owner = { tenantId: 'acme', id: row.id };
    const opened = await openPayload(cmp.people.kms, owner, row);
    expect(opened.body.toString()).toBe(body);
    expect(opened.proof).toMatch(/^evidence \d+ v1,/);
    const elsewhere = openPayload(cmp.people.kms, { ...owner, tenantId: 'globex' }, row);
    await expect(elsewhere).rejects.toMatchObject({ code: 'DECRYPTION_FAILED' });
  });
});

describe('an event that is refused writes nothing', () => {
  test.each<[string, () => Test, number, object]>([
    [
      'an unknown purpose',
      () => cmp.send(event({ choices: [choice(), choice({ purpose: 'sale' })] })),
      400,
      { problem: 'PURPOSE_UNKNOWN', path: 'choices.1' },
    ],
    [
      'an unknown regulation',
      () => cmp.send(event({ regulation: 'LGPD' })),
      400,
      { problem: 'REGULATION_UNKNOWN' },
    ],
    [
      'a time ahead of now',
      () => cmp.send(event({ choices: [choice({ timestamp: '2027-01-01T00:00:00Z' })] })),
      400,
      { problem: 'TIMES_CONTRADICT' },
    ],
    [
      'an end before the beginning',
      () => cmp.send(event({ choices: [choice({ expires_at: '2020-01-01T00:00:00Z' })] })),
      400,
      { problem: 'TIMES_CONTRADICT' },
    ],
    [
      'two choices that contradict each other',
      () => cmp.send(event({ choices: [choice(), choice({ status: 'withdrawn' })] })),
      400,
      { problem: 'CHOICES_CONTRADICT' },
    ],
    [
      'an identifier that is no number',
      () => cmp.send(event({ identifier: '+1' })),
      400,
      { problem: 'IDENTIFIER_UNREADABLE' },
    ],
    ['a body that is no JSON', () => cmp.send('{'), 400, { problem: 'MALFORMED' }],
    [
      'a forged signature',
      () => cmp.send(event(), { secret: `whsec_${Buffer.alloc(32).toString('base64')}` }),
      401,
      { code: 'UNAUTHENTICATED' },
    ],
    [
      'another body than was signed',
      () => cmp.send(event()).send(JSON.stringify(event({ cmp: { name: 'x', version: 'y' } }))),
      401,
      { code: 'UNAUTHENTICATED' },
    ],
    [
      'an old signature',
      () => cmp.send(event(), { at: cmp.people.clock.time - 301_000 }),
      401,
      { code: 'UNAUTHENTICATED' },
    ],
    [
      'no signature',
      () => cmp.request.post('/cmp/acme/generic').send(event()),
      401,
      { code: 'UNAUTHENTICATED' },
    ],
    [
      'an unknown tenant',
      () => cmp.send(event(), { tenant: 'nobody' }),
      404,
      { code: 'NOT_FOUND' },
    ],
    ['what is no tenant', () => cmp.send(event(), { tenant: '*' }), 404, { code: 'NOT_FOUND' }],
    [
      'an unknown format',
      () => cmp.request.post('/cmp/acme/segment').send(event()),
      404,
      { code: 'NOT_FOUND' },
    ],
    [
      'a body over the limit',
      () => cmp.send(event({ note: 'x'.repeat(70_000) })),
      413,
      { code: 'PAYLOAD_TOO_LARGE' },
    ],
  ])('%s', async (_what, sending, status, body) => {
    await expectRefused(sending(), status, body);
  });
});

describe('a source', () => {
  test('has a new secret by rotation, and takes the one before it until the next', async () => {
    const globex = { tenantId: 'globex', ...ADMIN };
    const first = (await cmp.configure({ format: 'GENERIC' }, globex)).secret;
    expect((await cmp.configure({ format: 'GENERIC' }, globex)).secret).toBeNull();
    const rotate = { format: 'GENERIC', rotateSecret: true };
    const second = (await cmp.configure(rotate, globex)).secret;
    const body = event({ identifier: '+14155557020' });
    for (const secret of [first, second])
      await cmp.send(body, { secret, tenant: 'globex' }).expect(200);
    const third = (await cmp.configure(rotate, globex)).secret;
    for (const secret of [second, third])
      await cmp.send(body, { secret, tenant: 'globex' }).expect(200);
    await cmp.send(body, { secret: first, tenant: 'globex' }).expect(401);
    await cmp.send(body, { secret: third }).expect(401);
  });

  test('is configured by whoever may, and only as it can work', async () => {
    expect(await cmp.configure({ format: 'GENERIC' }, { scopes: ['consent:write'] })).toEqual({
      code: 'FORBIDDEN',
    });
    const invalid = async (over: object): Promise<string[]> => {
      const { source, errors } = await cmp.configure({
        format: 'ONETRUST',
        publicKeys: [cmp.publicKey],
        ...over,
      });
      expect(source).toBeNull();
      return errors.map(({ path }: { path: string[] }) => path[0]);
    };
    expect(await invalid({ publicKeys: [] })).toEqual(['publicKeys']);
    expect(await invalid({ publicKeys: ['{}'] })).toEqual(['publicKeys']);
    const privateKey = await jwkOf(cmp.keys.privateKey);
    expect(await invalid({ publicKeys: [privateKey] })).toEqual(['publicKeys']);
    expect(await invalid({ format: 'GENERIC' })).toEqual(['publicKeys']);
    expect(await invalid({ jurisdiction: 'Austria' })).toEqual(['jurisdiction']);
    expect(await invalid({ policyVersion: ' ' })).toEqual(['policyVersion']);
    expect(await invalid({ purposes: [] })).toEqual(['purposes']);
    expect(await invalid({ purposes: [{ code: 'x', purpose: 'MARKETING' }] })).toEqual([
      'purposes',
    ]);
  });

  test('shows where its events go, and never its secret again', async () => {
    const { data } = await cmp.people.ask(
      'consent',
      '{ cmpSources { format path regulation purposes { code purpose channels } } }',
      {},
      ADMIN,
    );
    const { errors } = await cmp.people.ask('consent', '{ cmpSources { path } }');
    expect(errors?.[0]?.extensions['code']).toBe('FORBIDDEN');
    expect(data.cmpSources).toHaveLength(3);
    expect(data.cmpSources[0]).toMatchObject({ format: 'DIDOMI', path: '/cmp/acme/didomi' });
    const stored = JSON.stringify(await cmp.people.sql('select * from consent.cmp_source'));
    expect(stored).not.toContain(cmp.secrets.generic.slice(6));
  });
});

test('no number, address, body, token or secret stands in a table, an event or the log', async () => {
  const [row] = await cmp.people.sql<{ everything: string }>(
    `select (select string_agg(e::text, ' ') from consent.cmp_event e)
       || (select string_agg(s::text, ' ') from consent.cmp_source s)
       || (select string_agg(e::text, ' ') from consent.event e)
       || (select string_agg(c::text, ' ') from consent.consent_event c) as everything`,
  );
  const written = (row?.everything ?? '') + JSON.stringify(cmp.lines());
  expect(written).toContain('consent event refused');
  for (const secret of [
    '1415555',
    'cmp@example.com',
    cmp.secrets.generic,
    cmp.secrets.didomi,
    // How a token begins; less of it would occur in random bytes.
    'eyJhbGciOi',
  ]) {
    expect(written).not.toContain(secret);
  }
});
