// Suppression lists on a real database: imported, enforced before every consent, lifted, and never a number in them.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { consentsOf, said } from '../support/consents.ts';
import {
  deeds,
  registered,
  startPeople,
  type Answer,
  type Asker,
  type People,
} from '../support/people.ts';

let people: People;
beforeAll(async () => {
  people = await startPeople();
});
afterAll(() => people.close());

const AUDITOR: Asker = { scopes: ['audit:read'] };

const suppress = async (input: object, asker: Asker = {}): Promise<Answer['data']> => {
  const { data, errors } = await people.ask(
    'consent',
    `mutation ($input: SuppressAddressesInput!) { suppressAddresses(input: $input) { addedCount
       results { replayed suppression { id subject list region channel purpose source from until liftedAt }
         errors { path message } }
       errors { path } } }`,
    { input: { list: 'DNC', source: 'dnc-2026-11', ...input } },
    asker,
  );
  expect(errors).toBeUndefined();
  return data.suppressAddresses;
};

const lift = async (suppressionId: string, asker: Asker = {}): Promise<Answer['data']> => {
  const { data } = await people.ask(
    'consent',
    `mutation ($id: ID!) { liftSuppression(input: { suppressionId: $id }) {
       replayed suppression { id liftedAt } errors { ... on UserError { code path } } } }`,
    { id: suppressionId },
    asker,
  );
  return data.liftSuppression;
};

const decision = async (recipientId: string, channel = 'SMS', purpose = 'MARKETING') => {
  const { data } = await people.ask(
    'consent',
    `query ($batch: [ConsentQuestionInput!]!) { consentDecisions(batch: $batch) { allowed reason } }`,
    { batch: [{ recipientId, purpose, channel }] },
  );
  return data.consentDecisions[0];
};

let numbers = 0;
const consented = async (channels = ['SMS', 'EMAIL']): Promise<{ id: string; phone: string }> => {
  numbers += 1;
  const phone = `+1415555${7_000 + numbers}`;
  const id = await registered(people, { phone, email: `list${numbers}@example.com` });
  await consentsOf(people).record(said(id, { channels, purpose: 'MARKETING' }));
  expect(await decision(id)).toEqual({ allowed: true, reason: null });
  return { id, phone };
};

const SUPPRESSED = { allowed: false, reason: 'CONSENT_SUPPRESSED' };
const ALLOWED = { allowed: true, reason: null };

test('an entry stops what a consent would allow, at once, and a lifted one does not', async () => {
  const { id, phone } = await consented();
  const { results, addedCount } = await suppress({ rows: [{ phone }] });
  expect(addedCount).toBe(1);
  const [{ suppression, replayed }] = results;
  expect(replayed).toBe(false);
  expect(suppression).toMatchObject({ list: 'DNC', source: 'dnc-2026-11', liftedAt: null });
  expect(suppression.subject).toMatch(/^pn1\./);
  expect(await decision(id)).toEqual(SUPPRESSED);
  // The email address is another subject.
  expect(await decision(id, 'EMAIL')).toEqual(ALLOWED);
  const lifted = await lift(suppression.id);
  expect(lifted).toMatchObject({ replayed: false, errors: [] });
  expect(await decision(id)).toEqual(ALLOWED);
  expect(await lift(suppression.id)).toMatchObject({
    replayed: true,
    suppression: { liftedAt: lifted.suppression.liftedAt },
  });
});

test('an entry covers what it says: its channel, its purpose, its region, its time', async () => {
  const { id, phone } = await consented();
  const year = 365 * 86_400_000;
  const iso = (ms: number) => new Date(people.clock.time + ms).toISOString();
  await suppress({ rows: [{ phone }], channel: 'RCS' });
  await suppress({ rows: [{ phone }], purpose: 'ANALYTICS' });
  await suppress({ rows: [{ phone }], region: 'CA' });
  await suppress({ rows: [{ phone, from: iso(-2 * year), until: iso(-year) }] });
  await suppress({ rows: [{ phone, from: iso(year) }] });
  expect(await decision(id)).toEqual(ALLOWED);
  await suppress({ rows: [{ phone }], list: 'REGIONAL', region: 'US' });
  expect(await decision(id)).toEqual(SUPPRESSED);
});

test('bad rows are refused by their fields, and hold up no good one', async () => {
  const { phone } = await consented();
  const past = '2020-01-01T00:00:00Z';
  const { results, addedCount, errors } = await suppress({
    rows: [
      { phone },
      { phone: '0660 123' },
      { email: 'nobody' },
      {},
      { phone, email: 'both@example.com' },
      { phone: '+14155557999', until: past },
      { email: 'fine@example.com' },
    ],
  });
  expect(errors).toEqual([]);
  expect(addedCount).toBe(2);
  const paths = results.map((row: { errors: { path: string[] }[] }) =>
    row.errors.map(({ path }) => path),
  );
  expect(paths).toEqual([[], [['phone']], [['email']], [[]], [[]], [['until']], []]);
});

test.each([
  [{ region: 'Mars' }, ['region']],
  [{ list: 'REGIONAL' }, ['region']],
  [{ source: '' }, ['source']],
  [{ source: '+14155551234' }, ['source']],
  [{ rows: [] }, ['rows']],
  [{ rows: Array.from({ length: 1_001 }, () => ({ email: 'a@example.com' })) }, ['rows']],
])('a list with %j is refused as a whole', async (input, path) => {
  const refused = await suppress({ rows: [{ email: 'whole@example.com' }], ...input });
  expect(refused).toEqual({ addedCount: 0, results: [], errors: [{ path }] });
  const held = await people.sql(`select 1 from consent.suppression where source = ''`);
  expect(held).toEqual([]);
});

test('the same list again adds nothing, twins within it count once, and statements do not grow', async () => {
  const rows = Array.from({ length: 300 }, (_, n) => ({ phone: `+1415558${1_000 + n}` }));
  const source = 'large';
  people.statements.consent.length = 0;
  const first = await suppress({ rows: [...rows, rows[0]], source });
  const count = deeds(people.statements.consent).length;
  expect(count).toBeLessThanOrEqual(4);
  expect(first.addedCount).toBe(300);
  expect(first.results[300]).toMatchObject({
    replayed: true,
    suppression: { id: first.results[0].suppression.id },
  });
  const second = await suppress({ rows, source });
  expect(second.addedCount).toBe(0);
});

test('auditors page through the entries of their tenant, by pseudonyms', async () => {
  await suppress({ rows: [{ phone: '+14155557500' }], source: 'theirs' }, { tenantId: 'globex' });
  const page = async (after: string | null, asker: Asker) => {
    const { data, errors } = await people.ask(
      'consent',
      `query ($after: String) { suppressions(first: 100, after: $after, filter: { isStanding: true }) {
         edges { node { id source subject } } pageInfo { hasNextPage endCursor } } }`,
      { after },
      asker,
    );
    expect(errors).toBeUndefined();
    return data.suppressions;
  };
  const seen: string[] = [];
  for (let after = null; ;) {
    const { edges, pageInfo } = await page(after, AUDITOR);
    seen.push(...edges.map(({ node }: { node: { id: string } }) => node.id));
    if (!pageInfo.hasNextPage) break;
    after = pageInfo.endCursor;
  }
  const held = await people.sql<{ n: number }>(
    `select count(*)::int as n from consent.suppression where tenant_id = 'acme' and lifted_at is null`,
  );
  expect(new Set(seen).size).toBe(held[0]?.n);
  const theirs = await page(null, { ...AUDITOR, tenantId: 'globex' });
  expect(theirs.edges.map(({ node }: { node: { source: string } }) => node.source)).toEqual([
    'theirs',
  ]);
  const { errors } = await people.ask('consent', '{ suppressions { pageInfo { hasNextPage } } }');
  expect(errors?.[0]?.extensions['code']).toBe('FORBIDDEN');
});

test('an entry of another tenant, or none, is not lifted', async () => {
  const { results } = await suppress({ rows: [{ phone: '+14155557600' }] });
  const { id } = results[0].suppression;
  const refusal = { suppression: null, errors: [{ code: 'NOT_FOUND', path: ['suppressionId'] }] };
  expect(await lift(id, { tenantId: 'globex' })).toMatchObject(refusal);
  expect(await lift('sup_nothing')).toMatchObject(refusal);
});
