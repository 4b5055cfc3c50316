// The follow-up list on a real database: what comes onto it, what takes it off, and what is sent again.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { SendOutcome } from '../../providers/provider.ts';
import { createCount } from '../../subgraphs/messages/jobs/count-follow-ups.ts';
import { createMetrics } from '../../platform/metrics.ts';
import { listed, placeOf, report, resend, resolve } from '../support/follow-ups.ts';
import { deeds } from '../support/people.ts';
import { ACCEPTED, keyOf, scripted, startSending, type Sending } from '../support/sending.ts';

const UNSUPPORTED: SendOutcome = {
  kind: 'refused',
  code: 'UNSUPPORTED',
  providerCode: '404',
  retryAfterMs: null,
};
const OPTED_OUT: SendOutcome = { ...UNSUPPORTED, code: 'OPTED_OUT' };
const rcs = scripted('rcs-carrier', 'RCS');
const mail = { ...scripted('mail-server', 'EMAIL'), reportsDeliveries: false };

let sending: Sending;
beforeAll(async () => {
  sending = await startSending([rcs, mail]);
});
afterAll(() => sending.close());
beforeEach(async () => {
  rcs.answer = ACCEPTED;
  for (const table of ['lane', 'task', 'follow_up']) {
    await sending.people.sql(`delete from messages.${table}`);
  }
});

/** Sends to new people, by RCS alone, and answers the ids once the carrier has answered so. */
async function sent(outcome: SendOutcome, count = 1): Promise<string[]> {
  rcs.answer = outcome;
  const ids = await sending.send('only', count);
  await sending.worker().round(rcs);
  return ids;
}
async function failed(): Promise<string> {
  const [id = ''] = await sent(UNSUPPORTED);
  return id;
}
const idsOf = (page: { edges: { node: { message: { id: string } } }[] }): string[] =>
  page.edges.map(({ node }) => node.message.id);
const eventsOf = (id: string) =>
  sending.people.sql<{ reason: string; resolution: string | null }>(
    `select payload ->> 'reason' as reason, payload ->> 'resolution' as resolution from messages.event
     where name = 'followup.changed' and payload ->> 'messageId' = $1 order by tx, seq`,
    [keyOf(id)],
  );

describe('the follow-up list', () => {
  it('holds what no route could deliver, with what was tried, and tells of it', async () => {
    const id = await failed();
    const { edges } = await listed(sending);
    expect(edges).toHaveLength(1);
    expect(edges[0].node).toMatchObject({
      id: expect.stringMatching(/^fup_/),
      reason: 'PERMANENT_FAILURE',
      state: 'OPEN',
      resolution: null,
      resolvedAt: null,
      message: { id, attempts: [{ channel: 'RCS', state: 'FAILED', failureCode: 'UNSUPPORTED' }] },
    });
    expect((await placeOf(sending, id)).followUp.id).toBe(edges[0].node.id);
    expect(await eventsOf(id)).toEqual([{ reason: 'PERMANENT_FAILURE', resolution: null }]);
  });

  it('leaves out what is under way, what arrived, and what somebody did not want', async () => {
    const [underWay = ''] = await sent(ACCEPTED);
    const [arrived = ''] = await sent(ACCEPTED);
    await report(sending, arrived, 'DELIVERED');
    const [unwanted = ''] = await sent(OPTED_OUT);
    const [cancelled = ''] = await sending.send('only', 1);
    await sending.ask(
      `mutation ($id: ID!) { cancelMessage(input: { messageId: $id }) { errors { __typename } } }`,
      { id: cancelled },
    );
    expect(await sending.message(unwanted)).toMatchObject({ endReason: 'OPTED_OUT' });
    expect(await sending.message(cancelled)).toMatchObject({ endReason: 'CANCELLED' });
    for (const id of [underWay, arrived, unwanted, cancelled]) {
      expect((await placeOf(sending, id)).followUp).toBeNull();
    }
  });

  it('costs no statement where nothing comes onto it', async () => {
    const { messages } = sending.people.statements;
    messages.length = 0;
    await sent(ACCEPTED, 2);
    expect(deeds(messages).filter((sql) => sql.includes('follow_up'))).toEqual([]);
    messages.length = 0;
    await sent(UNSUPPORTED, 2);
    expect(deeds(messages).filter((sql) => sql.includes('follow_up'))).toHaveLength(1);
  });

  it('shows pages, newest first, that new items do not move', async () => {
    const ids = [await failed(), await failed(), await failed()].toReversed();
    const first = await listed(sending, { first: 2 });
    expect(idsOf(first)).toEqual(ids.slice(0, 2));
    expect(first.pageInfo.hasNextPage).toBe(true);
    await failed();
    const rest = await listed(sending, { first: 2, after: first.pageInfo.endCursor });
    expect(idsOf(rest)).toEqual(ids.slice(2));
    expect(rest.pageInfo.hasNextPage).toBe(false);
  });

  it('is filtered by state, reason, template and time', async () => {
    const open = await failed();
    const handled = await failed();
    const { followUp } = await placeOf(sending, handled);
    await resolve(sending, { ids: [followUp.id] });
    const found = async (filter: object) => idsOf(await listed(sending, { filter }));
    expect(await found({ state: 'OPEN' })).toEqual([open]);
    expect(await found({ state: 'RESOLVED' })).toEqual([handled]);
    expect(await found({ reason: 'PERMANENT_FAILURE', template: 'only' })).toEqual([handled, open]);
    expect(await found({ reason: 'EXPIRED' })).toEqual([]);
    expect(await found({ template: 'both' })).toEqual([]);
    const now = sending.people.clock.time;
    expect(await found({ since: new Date(now) })).toHaveLength(2);
    expect(await found({ since: new Date(now + 1) })).toEqual([]);
  });

  it('is shown to its tenant, and to those who may see it', async () => {
    await failed();
    const scopes = ['followups:read', 'followups:write', 'messages:send'];
    expect((await listed(sending, {}, { tenantId: 'other', scopes })).edges).toEqual([]);
    const none = { scopes: ['messages:read', 'messages:send'] };
    await expect(listed(sending, {}, none)).rejects.toThrow(/followups:read/);
    await expect(resolve(sending, { ids: ['fup_x'] }, none)).rejects.toThrow(/followups:write/);
    await expect(resend(sending, 'msg_x', 'k', none)).rejects.toThrow(/followups:write/);
  });

  it('is counted in the metrics, by reason', async () => {
    await failed();
    await failed();
    const metrics = createMetrics({ withProcess: false });
    await createCount({ ...sending.deps, metrics })();
    const { body } = await metrics.route.handle({} as never);
    expect(body).toContain('follow_ups_open{reason="PERMANENT_FAILURE"} 2');
    expect(body).toContain('follow_ups_open{reason="EXPIRED"} 0');
  });
});

describe('an item is resolved', () => {
  it('by whoever dealt with it, once, with their note', async () => {
    const id = await failed();
    const { followUp } = await placeOf(sending, id);
    const { results } = await resolve(sending, {
      ids: [followUp.id, 'fup_00000000000000000000000000', 'no id'],
      note: 'Called them.',
    });
    expect(results).toMatchObject([
      {
        followUp: {
          state: 'RESOLVED',
          resolution: 'HANDLED',
          resolvedBy: 'service:test',
          note: 'Called them.',
          resolvedAt: expect.stringMatching(/^2026-/),
        },
        replayed: false,
        errors: [],
      },
      { followUp: null, errors: [{ code: 'NOT_FOUND', path: ['ids', '1'] }] },
      { followUp: null, errors: [{ code: 'NOT_FOUND', path: ['ids', '2'] }] },
    ]);
    const again = await resolve(sending, { ids: [followUp.id], note: 'Me too.' });
    expect(again.results).toMatchObject([{ replayed: true, followUp: { note: 'Called them.' } }]);
    expect(await eventsOf(id)).toMatchObject([{ resolution: null }, { resolution: 'HANDLED' }]);
    const foreign = { tenantId: 'other', scopes: ['followups:write', 'followups:read'] };
    const other = await resolve(sending, { ids: [followUp.id] }, foreign);
    expect(other.results).toMatchObject([{ errors: [{ code: 'NOT_FOUND' }] }]);
  });

  it('by nobody with too many ids or too long a note', async () => {
    const ids = Array.from({ length: 1_001 }, () => 'fup_00000000000000000000000000');
    const refused = await resolve(sending, { ids, note: 'x'.repeat(501) });
    expect(refused).toEqual({
      results: [],
      errors: [
        { code: 'INVALID_INPUT', path: ['ids'] },
        { code: 'INVALID_INPUT', path: ['note'] },
      ],
    });
  });

  it('by nobody whose note holds an address', async () => {
    const id = await failed();
    const { followUp } = await placeOf(sending, id);
    const refused = await resolve(sending, { ids: [followUp.id], note: 'Called +1 415 555 0100.' });
    expect(refused).toMatchObject({ results: [], errors: [{ path: ['note'] }] });
    expect((await placeOf(sending, id)).followUp).toMatchObject({ state: 'OPEN' });
  });

  it('by itself when the message arrives after all', async () => {
    const id = await failed();
    await report(sending, id, 'DELIVERED');
    expect((await placeOf(sending, id)).followUp).toMatchObject({
      state: 'RESOLVED',
      resolution: 'LATE_DELIVERY',
      resolvedBy: null,
    });
    await report(sending, id, 'READ');
    expect(await eventsOf(id)).toMatchObject([
      { resolution: null },
      { resolution: 'LATE_DELIVERY' },
    ]);
  });
});

it('every change of the list is told once and in order, to those who may see it', async () => {
  const document = `subscription ($reasons: [FollowUpReason!], $after: String) {
    followUpChanged(reasons: $reasons, after: $after) { ... on FollowUpChange {
      cursor followUp { state resolution message { id attempts { state } } } } } }`;
  const stream = await sending.follow(document);
  const none = await sending.follow(document, { reasons: ['EXPIRED'] });
  const other = await sending.follow(document, {}, { tenantId: 'other' });
  const id = await failed();
  const { followUp } = await placeOf(sending, id);
  const opened = (await stream.next()).value.data.followUpChanged;
  expect(opened.followUp).toEqual({
    state: 'OPEN',
    resolution: null,
    message: { id, attempts: [{ state: 'FAILED' }] },
  });
  await resolve(sending, { ids: [followUp.id] });
  const handled = (await stream.next()).value.data.followUpChanged;
  expect(handled.followUp).toMatchObject({ state: 'RESOLVED', resolution: 'HANDLED' });
  const again = await sending.follow(document, { after: opened.cursor });
  expect((await again.next()).value.data.followUpChanged.cursor).toBe(handled.cursor);
  await expect(sending.follow(document, {}, { scopes: ['messages:read'] })).rejects.toThrow(
    /followups:read/,
  );
  for (const open of [stream, none, other, again]) await open.return(undefined);
});

it('mail that comes back after its message had ended comes onto the list', async () => {
  const [id = ''] = await sending.send('both', 1);
  rcs.answer = UNSUPPORTED;
  const worker = sending.worker();
  await worker.round(rcs);
  await worker.round(mail);
  // The end of its time: nobody has reported a failure.
  await sending.people.sql(
    `update messages.message set phase = 'ENDED', end_status = 'SENT' where id = $1`,
    [keyOf(id)],
  );
  expect((await placeOf(sending, id)).followUp).toBeNull();
  await report(sending, id, 'FAILED');
  expect((await placeOf(sending, id)).followUp).toMatchObject({ reason: 'PERMANENT_FAILURE' });
});
