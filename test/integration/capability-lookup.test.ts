// Look-ups of phone numbers: a recipient's or nobody's, from what is believed, from the carrier once, and never lost to a fault.
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { CapabilityProvider } from '../../subgraphs/recipients/ports.ts';
import { startHarness, type CarrierHarness } from '../support/carrier-harness.ts';
import {
  CAPABILITY_TTL_SECONDS,
  deeds,
  registered,
  startPeople,
  type Asker,
  type People,
} from '../support/people.ts';

let carriers: CarrierHarness;
let people: People;
/** What the carrier was asked about, call by call. */
let asked: (readonly string[])[];

beforeAll(async () => {
  carriers = await startHarness();
  const counted: CapabilityProvider = {
    id: carriers.rbm.id,
    channel: carriers.rbm.channel,
    capabilities: (addresses) => {
      asked.push(addresses);
      return carriers.rbm.capabilities?.(addresses) ?? Promise.resolve(new Map());
    },
  };
  people = await startPeople([counted]);
});
beforeEach(() => {
  asked = [];
  carriers.carrier.control.setFaults({ scope: '*' });
});
afterAll(async () => {
  await people.close();
  await carriers.close();
});

const reach = (address: string, reachable: boolean) =>
  carriers.carrier.control.setProfile(address, { address, rcs: { reachable } });

const query = (msisdns: readonly string[], asker?: Asker) =>
  people.ask(
    'recipients',
    `query ($msisdns: [String!]!) { capabilityLookups(msisdns: $msisdns) {
       msisdn region supported nativeE2ee features carrier source checkedAt expiresAt ttlSeconds } }`,
    { msisdns },
    asker,
  );

async function lookUp(msisdns: readonly string[], asker?: Asker) {
  const { data, errors } = await query(msisdns, asker);
  expect(errors).toBeUndefined();
  return data.capabilityLookups;
}

const setTtl = async (input: object, asker?: Asker) =>
  people.ask(
    'recipients',
    `mutation ($input: SetCapabilityTtlInput!) { setCapabilityTtl(input: $input) {
       rules { region carrier ttlSeconds } errors { code path } } }`,
    { input },
    asker,
  );

test('a number that is nobody’s is looked up, and answered from then on in one statement', async () => {
  reach('+14155550701', false);
  const first = await lookUp(['+1 (415) 555-0700', '+14155550701']);
  expect(first).toMatchObject([
    { msisdn: '+14155550700', supported: 'YES', source: 'google-rbm', nativeE2ee: 'UNKNOWN' },
    { msisdn: '+14155550701', supported: 'NO', ttlSeconds: CAPABILITY_TTL_SECONDS },
  ]);
  expect(asked).toEqual([['+14155550700', '+14155550701']]);
  people.statements.recipients.length = 0;
  expect(await lookUp(['+14155550700', '+14155550701'])).toEqual(first);
  expect(asked).toHaveLength(1);
  expect(deeds(people.statements.recipients)).toHaveLength(1);
});

test('a number that was read a moment ago costs no statement, until a recipient changes or seconds pass', async () => {
  const statements = async (): Promise<number> => {
    people.statements.recipients.length = 0;
    expect(await lookUp(['+14155550705'])).toMatchObject([{ supported: 'YES' }]);
    return deeds(people.statements.recipients).length;
  };
  await statements();
  await statements();
  expect(await statements()).toBe(0);
  await registered(people, { phone: '+14155550706' });
  expect(await statements()).toBe(1);
  expect(await statements()).toBe(0);
  people.clock.time += 5_000;
  expect(await statements()).toBe(1);
});

test('the number itself is stored nowhere', async () => {
  await lookUp(['+14155550702']);
  const [row] = await people.sql<{ dump: string }>(
    `select string_agg(n::text, ' ') as dump from recipients.number_capability n`,
  );
  expect(row?.dump).toContain('pn1.');
  expect(row?.dump).not.toContain('4155550702');
});

test('a recipient’s number answers what the recipient’s channel says, and learns for it', async () => {
  const id = await registered(people, { phone: '+14155550703' });
  expect(await lookUp(['+14155550703'])).toMatchObject([{ supported: 'YES' }]);
  const { data } = await people.ask(
    'recipients',
    'query ($id: ID!) { recipient(id: $id) { channels { channel reachable } } }',
    { id },
  );
  expect(data.recipient.channels[0]).toEqual({ channel: 'RCS', reachable: true });
  expect(await lookUp(['+14155550703'])).toMatchObject([{ supported: 'YES' }]);
  expect(asked).toHaveLength(1);
});

test('concurrent questions about one number are one question to the carrier', async () => {
  const answers = await Promise.all(
    Array.from({ length: 8 }, (_, n) => lookUp(['+14155550704', `+1415555071${n}`])),
  );
  expect(asked.flat().filter((number) => number === '+14155550704')).toHaveLength(1);
  expect(new Set(answers.map(([first]) => first.supported))).toEqual(new Set(['YES']));
});

test('a carrier that fails makes nothing unsupported, and takes nothing away that is believed', async () => {
  await lookUp(['+14155550705']);
  carriers.carrier.control.setFaults({ scope: 'rbm', errorRatio: 1 });
  expect(await lookUp(['+14155550705', '+14155550706'])).toMatchObject([
    { supported: 'YES' },
    { supported: 'UNKNOWN' },
  ]);
  people.clock.time += CAPABILITY_TTL_SECONDS * 1_000;
  expect(await lookUp(['+14155550705'])).toMatchObject([{ supported: 'UNKNOWN' }]);
});

test('a market’s own time to live is used where there is one, and the default returns without it', async () => {
  const { data } = await setTtl({ region: 'AT', ttlSeconds: 600 });
  expect(data.setCapabilityTtl).toEqual({
    rules: [{ region: 'AT', carrier: null, ttlSeconds: 600 }],
    errors: [],
  });
  const answers = await lookUp(['+436601234567', '+14155550707']);
  expect(answers).toMatchObject([
    { region: 'AT', ttlSeconds: 600 },
    { ttlSeconds: CAPABILITY_TTL_SECONDS },
  ]);
  await setTtl({ region: 'AT' });
  expect(await lookUp(['+436601234568'])).toMatchObject([{ ttlSeconds: CAPABILITY_TTL_SECONDS }]);
});

test('a time to live outside of its limits, or of no region, is refused by its field', async () => {
  for (const [input, path] of [
    [{ ttlSeconds: 604_801 }, 'ttlSeconds'],
    [{ ttlSeconds: 59 }, 'ttlSeconds'],
    [{ region: 'Austria', ttlSeconds: 600 }, 'region'],
    [{ carrier: '', ttlSeconds: 600 }, 'carrier'],
  ] as const) {
    const { data } = await setTtl(input);
    const errors = [{ code: 'INVALID_INPUT', path: [path] }];
    expect(data.setCapabilityTtl).toEqual({ rules: [], errors });
  }
  const { errors } = await setTtl({ ttlSeconds: 600 }, { scopes: ['recipients:write'] });
  expect(errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
});

test('what is no number is refused by its place, and so are too many, and a caller without the scope', async () => {
  const refused = async (msisdns: readonly string[], asker?: Asker) =>
    (await query(msisdns, asker)).errors?.[0]?.extensions;
  expect(await refused(['+14155550700', '0660 1234'])).toMatchObject({
    code: 'BAD_USER_INPUT',
    field: 'msisdns.1',
  });
  const many = Array.from({ length: 101 }, () => '+14155550700');
  expect(await refused(many)).toMatchObject({ code: 'BAD_USER_INPUT' });
  expect(await refused(['+14155550700'], { scopes: [] })).toMatchObject({ code: 'FORBIDDEN' });
  expect(asked).toEqual([]);
});

test('tenants do not see what the other has looked up', async () => {
  await lookUp(['+14155550708']);
  await lookUp(['+14155550708'], { tenantId: 'globex' });
  expect(asked).toHaveLength(2);
});

test('numbers that nobody asks about any more are let go', async () => {
  await lookUp(['+14155550709'], { tenantId: 'initech' });
  people.clock.time += 8 * 86_400_000 + CAPABILITY_TTL_SECONDS * 1_000;
  await lookUp(['+14155550710'], { tenantId: 'initech' });
  const rows = await people.sql(
    `select 1 from recipients.number_capability where tenant_id = 'initech'`,
  );
  expect(rows).toHaveLength(1);
});
