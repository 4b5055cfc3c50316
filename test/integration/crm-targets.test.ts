// Configuring a tenant's own systems: who may, which addresses are taken, how secrets change, and what is told once more.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { AnsweringServer } from '../support/answering-server.ts';
import { said } from '../support/consents.ts';
import { startCrm, toldTo, type Crm } from '../support/crm.ts';
import { registered } from '../support/people.ts';

const UNKNOWN = 'crm_01h455vb4pex5vsknk084sn02q';

let crm: Crm;
let person: string;
let receiver: AnsweringServer;

beforeAll(async () => {
  crm = await startCrm();
  person = await registered(crm.people, { phone: '+14155558101' });
});
afterAll(() => crm.close());
beforeEach(async () => {
  for (const { id } of await crm.targets()) await crm.remove({ targetId: id });
  receiver = await crm.receiver();
});

async function recorded(count: number): Promise<string[]> {
  const ids: string[] = [];
  for (let each = 0; each < count; each += 1) {
    crm.people.clock.time += 1_000;
    const { consents } = await crm.consents.record(said(person));
    ids.push(consents[0].id);
  }
  return ids;
}

const idsAt = (server: AnsweringServer, secret: string): string[] =>
  toldTo(server, secret).map(({ id }) => id);

describe('a target', () => {
  test('is configured with a secret that is shown once and sealed at rest', async () => {
    const { target, secret, errors } = await crm.configure({
      url: receiver.url,
      format: 'SEGMENT',
    });
    expect(errors).toEqual([]);
    expect(secret).toMatch(/^whsec_/);
    expect(await crm.targets()).toEqual([target]);
    expect(target).toMatchObject({ name: 'CRM', format: 'SEGMENT', isActive: true });
    const rows = await crm.people.sql('select * from consent.crm_target');
    expect(JSON.stringify(rows)).not.toContain(secret.slice('whsec_'.length));
  });

  test('that is changed keeps its secret and its place', async () => {
    const { target, secret } = await crm.configure({ url: receiver.url });
    const [missed] = await recorded(1);
    const moved = await crm.receiver();
    const changed = await crm.configure({ targetId: target.id, url: moved.url, name: 'CDP' });
    expect(changed).toMatchObject({ secret: null, target: { id: target.id, name: 'CDP' } });
    await crm.told();
    expect(receiver.requests).toEqual([]);
    expect(idsAt(moved, secret)).toEqual([missed]);
  });

  test('that is removed is told no more', async () => {
    const { target } = await crm.configure({ url: receiver.url });
    await recorded(1);
    expect(await crm.remove({ targetId: target.id })).toEqual({ targetId: target.id, errors: [] });
    await crm.told();
    expect(receiver.requests).toEqual([]);
    const left = 'select 1 from consent.crm_delivery union all select 1 from consent.task';
    expect(await crm.people.sql(left)).toEqual([]);
  });

  test.each([
    ['a private address', 'https://10.0.0.1/hook'],
    ['the metadata of a cloud', 'http://169.254.169.254/latest/meta-data/'],
    ['a loopback address by another name', 'https://[::1]/hook'],
    ['a password in it', 'https://user:secret@127.0.0.1/hook'],
    ['another scheme', 'ftp://127.0.0.1/hook'],
    ['no host at all', 'hook'],
  ])('with %s as its URL is refused', async (_what, url) => {
    const { target, secret, errors } = await crm.configure({ url });
    expect({ target, secret }).toEqual({ target: null, secret: null });
    expect(errors).toMatchObject([
      { __typename: 'InvalidInput', code: 'INVALID_INPUT', path: ['url'] },
    ]);
    expect(await crm.targets()).toEqual([]);
  });

  test('without a name is refused, and so is one too many', async () => {
    const { errors } = await crm.configure({ url: receiver.url, name: ' ' });
    expect(errors).toMatchObject([{ __typename: 'InvalidInput', path: ['name'] }]);
    for (let count = 0; count < 20; count += 1) await crm.configure({ url: receiver.url });
    const { errors: tooMany } = await crm.configure({ url: receiver.url });
    expect(tooMany).toMatchObject([{ __typename: 'WrongState', code: 'WRONG_STATE' }]);
  });

  test('is nobody’s business without consent:admin', async () => {
    const reader = { scopes: ['consent:read', 'consent:write'] };
    const input = { targetId: UNKNOWN };
    const answers = [
      await crm.targets(reader),
      await crm.deliveries(input, reader),
      await crm.configure({ url: receiver.url }, reader),
      await crm.rotate(input, reader),
      await crm.remove(input, reader),
      await crm.replay({ ...input, fromLogIndex: '0' }, reader),
    ];
    expect(answers).toEqual(answers.map(() => ({ code: 'FORBIDDEN' })));
  });

  test('of another tenant is not there', async () => {
    const { target } = await crm.configure({ url: receiver.url });
    const globex = { tenantId: 'globex', scopes: ['consent:admin'] };
    expect(await crm.targets(globex)).toEqual([]);
    for (const targetId of [target.id, UNKNOWN, 'nonsense']) {
      const input = { targetId };
      const answers = [
        await crm.configure({ ...input, url: receiver.url }, globex),
        await crm.rotate(input, globex),
        await crm.remove(input, globex),
        await crm.replay({ ...input, fromLogIndex: '0' }, globex),
      ];
      for (const { errors } of answers) {
        expect(errors).toMatchObject([{ __typename: 'NotFound', path: ['targetId'] }]);
      }
      expect((await crm.deliveries(input, globex)).edges).toEqual([]);
    }
    expect(await crm.targets()).toMatchObject([{ id: target.id, url: receiver.url }]);
  });
});

test('during a rotation both secrets verify, and after the next one the oldest does not', async () => {
  const { target, secret: first } = await crm.configure({ url: receiver.url });
  const { secret: second } = await crm.rotate({ targetId: target.id });
  const [id] = await recorded(1);
  await crm.told();
  expect(idsAt(receiver, first)).toEqual([id]);
  expect(idsAt(receiver, second)).toEqual([id]);
  const { secret: third } = await crm.rotate({ targetId: target.id });
  const later = await crm.receiver();
  await crm.configure({ targetId: target.id, url: later.url });
  const [next] = await recorded(1);
  await crm.told();
  expect(idsAt(later, second)).toEqual([next]);
  expect(idsAt(later, third)).toEqual([next]);
  expect(() => idsAt(later, first)).toThrow(/signature/);
});

test('a target that hangs does not hold up the others', async () => {
  const well = await crm.receiver();
  await crm.configure({ url: receiver.url });
  await crm.configure({ url: well.url });
  const hanging = Promise.withResolvers<void>();
  const wellTold = Promise.withResolvers<void>();
  const taken = { status: 204, body: '' };
  receiver.answer = async () => {
    hanging.resolve();
    await wellTold.promise;
    return taken;
  };
  // Answers only while the other one hangs.
  well.answer = async () => {
    await hanging.promise;
    wellTold.resolve();
    return taken;
  };
  await recorded(1);
  await crm.told();
  expect(well.requests).toHaveLength(1);
  expect(receiver.requests).toHaveLength(1);
});

describe('a replay', () => {
  test('tells again from a place in the log, under the same ids', async () => {
    const { target, secret } = await crm.configure({ url: receiver.url });
    const ids = await recorded(40);
    await crm.told();
    expect(idsAt(receiver, secret).toSorted()).toEqual(ids.toSorted());
    const told = toldTo(receiver, secret).find(({ id }) => id === ids[30]);
    const fromLogIndex = String(told?.body.data.logIndex);
    const { recordCount, errors } = await crm.replay({ targetId: target.id, fromLogIndex });
    expect({ recordCount, errors }).toEqual({ recordCount: 10, errors: [] });
    expect(await crm.targets()).toMatchObject([{ pendingCount: 10 }]);
    await crm.pushed();
    expect(idsAt(receiver, secret).slice(40).toSorted()).toEqual(ids.slice(30).toSorted());
    expect(await crm.targets()).toMatchObject([{ pendingCount: 0 }]);
  });

  test('tells again from a time on, and nothing from a time to come', async () => {
    const { target, secret } = await crm.configure({ url: receiver.url });
    await recorded(2);
    crm.people.clock.time += 60_000;
    const fromTime = new Date(crm.people.clock.time).toISOString();
    const ids = await recorded(3);
    await crm.told();
    expect((await crm.replay({ targetId: target.id, fromTime })).recordCount).toBe(3);
    await crm.pushed();
    expect(idsAt(receiver, secret).slice(5).toSorted()).toEqual(ids.toSorted());
    const tomorrow = new Date(crm.people.clock.time + 86_400_000).toISOString();
    expect((await crm.replay({ targetId: target.id, fromTime: tomorrow })).recordCount).toBe(0);
  });

  test('tells a new target of what was before it', async () => {
    const earlier = await recorded(2);
    const { target, secret } = await crm.configure({ url: receiver.url });
    await crm.told();
    expect(receiver.requests).toEqual([]);
    await crm.replay({ targetId: target.id, fromLogIndex: '0' });
    await crm.pushed();
    expect(idsAt(receiver, secret)).toEqual(expect.arrayContaining(earlier));
  });

  test('lets the news go first', async () => {
    const { target, secret } = await crm.configure({ url: receiver.url });
    await recorded(40);
    await crm.told();
    await crm.replay({ targetId: target.id, fromLogIndex: '0' });
    const news = await recorded(16);
    await crm.told();
    expect(idsAt(receiver, secret).slice(40, 56).toSorted()).toEqual(news.toSorted());
  });

  test('tells again what had failed for good', async () => {
    receiver.answer = () => ({ status: 400, body: '' });
    const { target } = await crm.configure({ url: receiver.url });
    await recorded(1);
    await crm.followed();
    for (let tries = 0; tries < 10; tries += 1) {
      await crm.pushed();
      await crm.later(25 * 3_600_000);
    }
    expect(await crm.targets()).toMatchObject([{ failedCount: 1 }]);
    receiver.answer = () => ({ status: 200, body: '' });
    const [failed] = (await crm.deliveries({ targetId: target.id })).edges;
    await crm.replay({ targetId: target.id, fromLogIndex: failed.node.logIndex });
    await crm.pushed();
    expect(await crm.targets()).toMatchObject([{ failedCount: 0, pendingCount: 0 }]);
  });

  test.each([
    ['nothing named', {}],
    ['both named', { fromLogIndex: '0', fromTime: '2026-01-01T00:00:00Z' }],
    ['a place that is none', { fromLogIndex: '-1' }],
    ['a place that is no number', { fromLogIndex: 'first' }],
  ])('with %s is refused', async (_what, from) => {
    const { target } = await crm.configure({ url: receiver.url });
    const { errors } = await crm.replay({ targetId: target.id, ...from });
    expect(errors).toMatchObject([{ __typename: 'InvalidInput', path: ['fromLogIndex'] }]);
  });
});

test('what was not taken is listed page by page, in the order of the log', async () => {
  receiver.answer = () => ({ status: 503, body: '' });
  const { target } = await crm.configure({ url: receiver.url });
  const ids = await recorded(3);
  await crm.told();
  const page = async (after: string | null) =>
    crm.deliveries({ targetId: target.id, first: 2, after });
  const { edges: first, pageInfo } = await page(null);
  const { edges: second, pageInfo: end } = await page(pageInfo.endCursor);
  const listed = [...first, ...second].map(({ node }: { node: { consentId: string } }) => node);
  expect(listed.map(({ consentId }) => consentId)).toEqual(ids);
  expect([pageInfo.hasNextPage, end.hasNextPage]).toEqual([true, false]);
  const wrong = await crm.deliveries({ targetId: target.id, after: 'bm9uZQ' });
  expect(wrong).toEqual({ code: 'BAD_USER_INPUT' });
});
