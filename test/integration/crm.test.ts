// The tenants' own systems: each change of a consent is told to each of them, proven, without an address, at least once.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { AnsweringServer } from '../support/answering-server.ts';
import { said } from '../support/consents.ts';
import { dying, startCrm, toldTo, type Crm, type Told } from '../support/crm.ts';
import { openOutside } from '../support/outside.ts';
import { registered } from '../support/people.ts';

const PHONE = '+14155558001';
const EMAIL = 'ada.planted@example.com';

let crm: Crm;
let person: string;
let receiver: AnsweringServer;
let target: { id: string };
let secret: string;

beforeAll(async () => {
  crm = await startCrm();
  person = await registered(crm.people, { phone: PHONE, email: EMAIL });
});
afterAll(() => crm.close());
beforeEach(async () => {
  for (const { id } of await crm.targets()) await crm.remove({ targetId: id });
  receiver = await crm.receiver();
  ({ target, secret } = await crm.configure({ url: `${receiver.url}/hook` }));
});

/** Records about the person that say something new each time; their ids. */
async function recorded(channels: readonly string[] = ['SMS']): Promise<string[]> {
  crm.people.clock.time += 1_000;
  const input = said(person, { channels, policyVersion: '2026-11' });
  const { consents } = await crm.consents.record(input);
  return consents.map(({ id }: { id: string }) => id);
}

const got = (): Told[] => toldTo(receiver, secret);
const idsOf = (told: readonly Told[]): string[] => told.map(({ id }) => id);
const self = async () => {
  const targets: { id: string }[] = await crm.targets();
  return targets.find(({ id }) => id === target.id);
};
const refusing =
  (status: number, headers = {}) =>
  () => ({ status, headers, body: '' });

describe('a consent', () => {
  test('is told with a signature that the receiver verifies, and its place in the log', async () => {
    const [id] = await recorded();
    await crm.told();
    const [told, ...others] = got();
    expect(others).toEqual([]);
    expect(told).toMatchObject({
      id,
      timestamp: String(crm.people.clock.time / 1_000),
      body: {
        type: 'consent.recorded',
        data: { consentId: id, recipientId: person, action: 'GRANTED', linkage: 'HASHED_PHONE' },
      },
    });
    const [row] = await crm.people.sql<{ place: string; subject: string }>(
      'select log_index::text as place, subject from consent.consent_event order by log_index desc limit 1',
    );
    expect(String(told?.body.data.logIndex)).toBe(row?.place);
    expect(told?.body.data.subject).toBe(row?.subject);
    expect(() => toldTo(receiver, `whsec_${'A'.repeat(44)}`)).toThrow(/signature/);
    expect(await self()).toMatchObject({ pendingCount: 0, failedCount: 0, failingSince: null });
  });

  test('that is withdrawn is told too, later in the log', async () => {
    await recorded();
    crm.people.clock.time += 1_000;
    await crm.consents.withdraw(said(person));
    await crm.told();
    const data = got().map(({ body }) => body.data);
    const inOrder = data.toSorted((a, b) => a.logIndex - b.logIndex);
    expect(inOrder.map(({ action }) => action)).toEqual(['GRANTED', 'WITHDRAWN']);
  });

  test('is told to each target in its form, never with a number or an address', async () => {
    const receivers = [receiver];
    for (const format of ['HUBSPOT', 'SALESFORCE', 'SEGMENT']) {
      const another = await crm.receiver();
      receivers.push(another);
      await crm.configure({ url: another.url, format });
    }
    await recorded(['SMS', 'EMAIL', 'RCS']);
    crm.people.clock.time += 1_000;
    const planted = {
      policyVersion: `for ${EMAIL}, ${PHONE}`,
      idempotencyKey: `${PHONE} ${EMAIL}`,
    };
    const { errors } = await crm.consents.record(said(person, { channels: ['RCS'], ...planted }));
    expect(errors).toEqual([]);
    await crm.told();
    for (const { requests } of receivers) {
      expect(requests).toHaveLength(4);
      const written = requests.map(({ body, headers, path, query }) =>
        [body.toString(), JSON.stringify(headers), path, query.toString()].join(' '),
      );
      expect(written.join(' ')).not.toMatch(/planted|4155558001/);
    }
    const logged = JSON.stringify(crm.lines());
    expect(logged).not.toMatch(/planted|4155558001/);
  });

  test('of another tenant is not told', async () => {
    const globex = { tenantId: 'globex' };
    const other = await crm.consents.newPerson(globex);
    await crm.consents.record(said(other), globex);
    await crm.told();
    expect(receiver.requests).toEqual([]);
  });

  test('of before a target is not told to it', async () => {
    await recorded();
    const later = await crm.receiver();
    await crm.configure({ url: later.url });
    await crm.told();
    expect(receiver.requests).toHaveLength(1);
    expect(later.requests).toEqual([]);
  });
});

describe('a target that does not take a consent', () => {
  test('is told again after a 500, with the same id', async () => {
    receiver.answer = refusing(500);
    const [id] = await recorded();
    await crm.told();
    const now = new Date(crm.people.clock.time).toISOString();
    expect(await self()).toMatchObject({ pendingCount: 1, failingSince: now });
    expect((await crm.deliveries({ targetId: target.id })).edges[0]?.node).toMatchObject({
      consentId: id,
      state: 'PENDING',
      tryCount: 1,
      lastStatus: 500,
      lastProblem: 'It answered 500.',
    });
    await crm.pushed();
    expect(receiver.requests).toHaveLength(1);
    receiver.answer = refusing(200);
    await crm.later(5_000);
    await crm.pushed();
    expect(idsOf(got())).toEqual([id, id]);
    expect((await crm.deliveries({ targetId: target.id })).edges).toEqual([]);
    expect(await self()).toMatchObject({ pendingCount: 0, failingSince: null, pausedUntil: null });
  });

  test('is told again after the connection was cut, and after a redirect', async () => {
    const answers = [() => 'cut' as const, refusing(302, { location: 'http://127.0.0.1:1/' })];
    receiver.answer = () => (answers.shift() ?? refusing(204))();
    const [id] = await recorded();
    await crm.told();
    await crm.later(5_000);
    await crm.pushed();
    expect((await crm.deliveries({ targetId: target.id })).edges[0]?.node).toMatchObject({
      tryCount: 2,
      lastStatus: 302,
    });
    await crm.later(300_000);
    await crm.pushed();
    expect(idsOf(got().slice(-1))).toEqual([id]);
    expect(receiver.requests).toHaveLength(3);
  });

  test('is let be as long as it asks, and its news wait', async () => {
    receiver.answer = refusing(429, { 'retry-after': '120' });
    await recorded();
    await crm.told();
    receiver.answer = refusing(204);
    const [news] = await recorded();
    await crm.told();
    await crm.later(110_000);
    await crm.pushed();
    expect(receiver.requests).toHaveLength(1);
    await crm.later(10_000);
    await crm.pushed();
    expect(idsOf(got())).toContain(news);
    expect(receiver.requests).toHaveLength(3);
  });

  test('is asked with one consent until it takes it, and then with all', async () => {
    receiver.answer = refusing(503);
    await recorded();
    await crm.told();
    const ids = [...(await recorded()), ...(await recorded()), ...(await recorded())];
    await crm.followed();
    await crm.later(2_000);
    await crm.pushed();
    expect(receiver.requests).toHaveLength(2);
    receiver.answer = refusing(204);
    await crm.later(60_000);
    await crm.pushed();
    expect(idsOf(got())).toEqual(expect.arrayContaining(ids));
    expect(await self()).toMatchObject({ pendingCount: 0, failingSince: null });
  });

  test('is given up after ten tries in three days, and listed as failed', async () => {
    receiver.answer = refusing(400);
    await recorded();
    await crm.followed();
    for (let tries = 0; tries < 12; tries += 1) {
      await crm.pushed();
      await crm.later(25 * 3_600_000);
    }
    expect(receiver.requests).toHaveLength(10);
    const failed = await crm.deliveries({ targetId: target.id, state: 'FAILED' });
    expect(failed.edges[0]?.node).toMatchObject({ tryCount: 10, nextTryAt: null, lastStatus: 400 });
    expect((await crm.deliveries({ targetId: target.id, state: 'PENDING' })).edges).toEqual([]);
    expect(await self()).toMatchObject({ pendingCount: 0, failedCount: 1 });
  });

  test('is told all that it refused, once it takes something again', async () => {
    receiver.answer = refusing(503);
    const ids = await recorded(['SMS', 'EMAIL', 'RCS']);
    await crm.followed();
    for (let tries = 0; tries < 40; tries += 1) {
      await crm.pushed();
      await crm.later(25 * 3_600_000);
    }
    expect(await self()).toMatchObject({ pendingCount: 0, failedCount: 3 });
    receiver.answer = refusing(204);
    const before = receiver.requests.length;
    const [news] = await recorded();
    await crm.told();
    expect(new Set(idsOf(got()).slice(before))).toEqual(new Set([...ids, news]));
    expect(await self()).toMatchObject({ pendingCount: 0, failedCount: 0 });
  });

  test('and is gone is told no more, until it is configured again', async () => {
    receiver.answer = refusing(410);
    const [first] = await recorded();
    await crm.told();
    expect(await self()).toMatchObject({ isActive: false });
    const [second] = await recorded();
    await crm.told();
    await crm.later(3_600_000);
    await crm.pushed();
    expect(receiver.requests).toHaveLength(1);
    expect(crm.lines().map(({ msg }) => msg)).toContain('crm target gone');
    receiver.answer = refusing(204);
    const { errors } = await crm.configure({ targetId: target.id, url: receiver.url });
    expect(errors).toEqual([]);
    await crm.pushed();
    await crm.later(5_000);
    await crm.pushed();
    expect(new Set(idsOf(got().slice(1)))).toEqual(new Set([first, second]));
  });
});

describe('a worker that dies', () => {
  test('before it told anything loses nothing', async () => {
    const ids = [...(await recorded()), ...(await recorded())];
    await crm.followed();
    const dead = openOutside();
    await crm.pushed({ outside: { ...dead, request: () => Promise.reject(new Error('died')) } });
    expect(receiver.requests).toEqual([]);
    await crm.later(11_000);
    await crm.pushed();
    expect(idsOf(got()).toSorted()).toEqual(ids.toSorted());
  });

  test('after it told everything tells it again, under the same id', async () => {
    const [id] = await recorded();
    await crm.followed();
    await crm.pushed({ outside: dying(openOutside()) });
    expect(idsOf(got())).toEqual([id]);
    await crm.later(11_000);
    await crm.pushed();
    expect(idsOf(got())).toEqual([id, id]);
    expect(await self()).toMatchObject({ pendingCount: 0 });
  });

  test('and comes back too late leaves what another one did', async () => {
    const [id] = await recorded();
    await crm.followed();
    const late = openOutside();
    const outside = {
      ...late,
      request: async () => {
        await crm.later(11_000);
        await crm.pushed();
        throw new Error('the worker was asleep');
      },
    };
    await crm.pushed({ outside });
    expect(idsOf(got())).toEqual([id]);
    expect(await self()).toMatchObject({ pendingCount: 0, failingSince: null });
  });
});
