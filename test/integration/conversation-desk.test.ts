// An agent's desk on a real PostgreSQL: who waits longest, what comes in live, and what closes by itself.
import { afterAll, beforeAll, describe, expect, it, test } from '@jest/globals';
import fc from 'fast-check';
import { standingOf, standOf } from '../../subgraphs/delivery/domain/conversation.ts';
import { recordPartyEntries } from '../../subgraphs/delivery/record-entries.ts';
import { findConversations } from '../../subgraphs/delivery/store/find-conversations.ts';
import { startConversations, type Conversations } from '../support/conversations.ts';
import { deeds, type Answer, type Asker } from '../support/people.ts';

let desk: Conversations;
beforeAll(async () => {
  desk = await startConversations();
});
afterAll(() => desk.close());

const HOUR_MS = 3_600_000;
const shown: Conversations['shown'] = (...asked) => desk.shown(...asked);
const close: Conversations['closed'] = (...asked) => desk.closed(...asked);

describe('the list', () => {
  const scribes: Asker = { tenantId: 'scribes' };
  const list = async (variables: object) => {
    const { data, errors } = await desk.ask(
      `query ($filter: ConversationFilter, $first: Int, $after: String) {
         conversations(filter: $filter, first: $first, after: $after) {
           edges { cursor node { recipient { id } } } pageInfo { hasNextPage endCursor } } }`,
      variables,
      scribes,
    );
    expect(errors).toBeUndefined();
    const { edges, pageInfo } = data.conversations;
    const ids = edges.map(
      (edge: { node: { recipient: { id: string } } }) => edge.node.recipient.id,
    );
    return { ids, pageInfo };
  };

  it('begins with who waits longest, page by page, in a state and on a channel', async () => {
    const people = [];
    for (let number = 0; number < 3; number += 1) {
      const [id, from] = await desk.newPerson(undefined, scribes);
      await desk.person({ channel: number === 1 ? 'RCS' : 'SMS', from, text: 'Hello' });
      people.push({ id, from });
    }
    const [first, second, third] = people;
    // Whoever writes again has waited no less for it.
    await desk.person({ channel: 'SMS', from: first?.from, text: 'Hello?' });
    const waiting = { filter: { state: 'AWAITING_AGENT' } };
    const page = await list({ ...waiting, first: 2 });
    expect(page).toMatchObject({ ids: [first?.id, second?.id], pageInfo: { hasNextPage: true } });
    const rest = await list({ ...waiting, first: 2, after: page.pageInfo.endCursor });
    expect(rest).toMatchObject({ ids: [third?.id], pageInfo: { hasNextPage: false } });
    expect((await list({ filter: { channel: 'RCS' } })).ids).toEqual([second?.id]);
    expect((await list({ filter: { state: 'CLOSED' } })).ids).toEqual([]);
    expect((await list({})).ids).toHaveLength(3);
  });

  it('costs the same statements, however many are on it', async () => {
    const counted = async (first: number): Promise<number> => {
      desk.statements.length = 0;
      const { data, errors } = await desk.ask(
        `query ($first: Int) { conversations(first: $first) { edges { node { id
           entries(first: 5) { edges { node { kind text(reason: "count") conversation { id } } } } } } } }`,
        { first },
        scribes,
      );
      expect(errors).toBeUndefined();
      expect(data.conversations.edges).toHaveLength(first);
      return deeds(desk.statements).length;
    };
    const one = await counted(1);
    expect(await counted(3)).toBe(one);
  });

  it('refuses a cursor of another list', async () => {
    const { errors } = await desk.ask('{ conversations(after: "eA") { pageInfo { endCursor } } }');
    expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
  });
});

describe('the stream', () => {
  const STREAM = `subscription ($filter: ConversationChangeFilter, $after: String) {
    conversationChanged(filter: $filter, after: $after) { __typename ... on ConversationChange {
      cursor state conversation { id recipient { id } } entry { kind message { id } } } } }`;
  const take = async (stream: AsyncGenerator<Answer>, count: number) => {
    const changes = [];
    while (changes.length < count) {
      const { value } = await stream.next();
      expect(value.errors).toBeUndefined();
      changes.push(value.data.conversationChanged);
    }
    return changes;
  };

  it('tells each entry once and in order, and resumes without a gap', async () => {
    const [id, from] = await desk.newPerson();
    const card = await desk.handedOver(id);
    const filter = { recipientIds: [id] };
    const stream = await desk.follow(STREAM, { filter });
    await desk.person(desk.tap(from, card, 'dispute'));
    const [tapped] = await take(stream, 1);
    expect(tapped).toMatchObject({
      state: 'AWAITING_AGENT',
      conversation: { recipient: { id } },
      entry: { kind: 'TAP', message: { id: card.messageId } },
    });
    await stream.return(undefined);
    await desk.handedOver(id, { type: 'SUPPORT' });
    await close(tapped.conversation.id);
    const resumed = await desk.follow(STREAM, { filter, after: tapped.cursor });
    expect(await take(resumed, 2)).toMatchObject([
      { state: 'OPEN', entry: { kind: 'MESSAGE' } },
      { state: 'CLOSED', entry: { kind: 'CLOSED' } },
    ]);
    await resumed.return(undefined);
  });

  it('gives a desk those who begin to wait, of its own tenant alone', async () => {
    const [id, from] = await desk.newPerson();
    const globex: Asker = { tenantId: 'globex' };
    const [theirs, number] = await desk.newPerson(undefined, globex);
    const waiting = { filter: { states: ['AWAITING_AGENT'], channels: ['SMS'] } };
    const [ours, foreign] = [
      await desk.follow(STREAM, waiting),
      await desk.follow(STREAM, waiting, globex),
    ];
    await desk.handedOver(id, { channel: 'SMS', type: 'SUPPORT' });
    await desk.person({ channel: 'RCS', from, text: 'Elsewhere' });
    await desk.person({ channel: 'SMS', from: number, text: 'Theirs' });
    await desk.person({ channel: 'SMS', from, text: 'Ours' });
    const waits = { state: 'AWAITING_AGENT', entry: { kind: 'TEXT' } };
    expect(await take(ours, 1)).toMatchObject([{ ...waits, conversation: { recipient: { id } } }]);
    expect(await take(foreign, 1)).toMatchObject([
      { ...waits, conversation: { recipient: { id: theirs } } },
    ]);
    await ours.return(undefined);
    await foreign.return(undefined);
    await expect(desk.follow(STREAM, {}, { scopes: ['delivery:read'] })).rejects.toThrow(/scope/);
  });
});

describe('silence', () => {
  /** Answers the metrics. */
  const silentFor = (hours: number): Promise<string> => {
    desk.people.clock.time += hours * HOUR_MS;
    return desk.closedSilent();
  };
  const stateOf = async (id: string): Promise<string> => (await shown(id))[0].state;

  it('closes what was answered after a day, and what was not after a week', async () => {
    const [answered, waiting] = [await desk.newPerson(), await desk.newPerson()];
    for (const [, from] of [answered, waiting]) {
      await desk.person({ channel: 'SMS', from, text: 'Hello' });
    }
    await desk.handedOver(answered[0], { channel: 'SMS', type: 'SUPPORT' });
    await silentFor(23);
    expect([await stateOf(answered[0]), await stateOf(waiting[0])]).toEqual([
      'OPEN',
      'AWAITING_AGENT',
    ]);
    await silentFor(1);
    expect([await stateOf(answered[0]), await stateOf(waiting[0])]).toEqual([
      'CLOSED',
      'AWAITING_AGENT',
    ]);
    await silentFor(144);
    expect(await shown(waiting[0])).toMatchObject([
      { state: 'CLOSED', entries: [{ kind: 'TEXT' }, { kind: 'LAPSED', actor: null }] },
    ]);
  });

  it('ends with the next word, and one round closes once', async () => {
    const [id, from] = await desk.newPerson();
    await desk.person({ channel: 'SMS', from, text: 'Hello' });
    await silentFor(168);
    await silentFor(168);
    await desk.person({ channel: 'SMS', from, text: 'Still me' });
    expect(await shown(id)).toMatchObject([
      {
        state: 'AWAITING_AGENT',
        entries: [{ kind: 'TEXT' }, { kind: 'LAPSED' }, { kind: 'TEXT' }],
      },
    ]);
  });

  it('is shown in the metrics by those who wait in it', async () => {
    expect(await silentFor(1_000)).toContain('conversations_waiting{channel="SMS"} 0');
    const [, from] = await desk.newPerson();
    await desk.person({ channel: 'SMS', from, text: 'Hello' });
    const metrics = await silentFor(1);
    expect(metrics).toContain('conversations_waiting{channel="SMS"} 1');
    expect(metrics).toContain('conversations_waiting_longest_seconds{channel="SMS"} 4200');
  });
});

test('the database folds a conversation as the rule does, in any order of its entries', async () => {
  const kinds = ['TEXT', 'TAP', 'MESSAGE', 'CLOSED', 'LAPSED'] as const;
  const move = fc.record({
    kind: fc.constantFrom(...kinds),
    countedAt: fc.integer({ min: 1, max: 6 }),
  });
  const batches = fc.array(fc.array(move, { maxLength: 4 }), { minLength: 1, maxLength: 4 });
  await fc.assert(
    fc.asyncProperty(batches, async (told) => {
      const recipientId = desk.newUuid();
      const party = { tenantId: 'folded', recipientId, channel: 'SMS' } as const;
      for (const batch of told) {
        await desk.deps.database.acrossTenants((tx) =>
          recordPartyEntries(
            tx,
            desk.deps,
            batch.map(({ kind, countedAt }) => ({
              ...party,
              id: desk.newUuid(),
              kind,
              countedAt,
              occurredAt: countedAt,
              messageId: null,
              actionId: null,
              textSealed: null,
              actor: null,
              dedupeKey: `${kind} ${countedAt}`,
            })),
          ),
        );
      }
      const found = await desk.deps.database.read('folded', (tx) =>
        findConversations(tx, 'folded', { recipientIds: [recipientId] }),
      );
      const stand = standOf(standingOf(told.flat()));
      expect(found).toMatchObject(stand === null ? [] : [stand]);
    }),
    { numRuns: 40 },
  );
});

test('what nobody said costs no statement', async () => {
  const [id] = await desk.newPerson();
  desk.statements.length = 0;
  await desk.handedOver(id);
  const about = (): string[] => desk.statements.filter((sql) => sql.includes('conversation'));
  expect(deeds(desk.statements).length).toBeGreaterThan(0);
  expect(about()).toEqual([]);
  await desk.handedOver(id, { type: 'SUPPORT' });
  expect(about().length).toBeGreaterThan(0);
});

test('what people say costs the same statements, however many they are', async () => {
  const counted = async (people: number): Promise<number> => {
    for (let number = 0; number < people; number += 1) {
      const [id, from] = await desk.newPerson();
      const card = await desk.handedOver(id);
      await desk.taken(await desk.wired(desk.tap(from, card, 'dispute')));
      await desk.taken(await desk.wired({ channel: 'RCS', from, text: 'And I write' }));
    }
    desk.statements.length = 0;
    await desk.normalised();
    return deeds(desk.statements).filter((sql) => !/raw_callback\b[^]*skip locked/.test(sql))
      .length;
  };
  const one = await counted(1);
  expect(await counted(5)).toBe(one);
});
