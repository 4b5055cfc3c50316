// The stream of channel changes on a real PostgreSQL: what was missed and then what comes, of whom one asked for.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startHarness, type CarrierHarness } from '../support/carrier-harness.ts';
import { registered, startPeople, type Answer, type People } from '../support/people.ts';

let carriers: CarrierHarness;
let people: People;
beforeAll(async () => {
  carriers = await startHarness();
  people = await startPeople([carriers.rbm]);
});
afterAll(async () => {
  await people.close();
  await carriers.close();
});

const STREAM = `subscription ($ids: [ID!], $after: String) {
  recipientChannelsChanged(recipientIds: $ids, after: $after) { __typename
    ... on RecipientChannelsChange { cursor occurredAt recipient { id channels { channel reachable } } } } }`;

/** The next changes that are meant. A stream without a cursor may begin with what was committed just before it: the
 *  tail stays behind whatever transaction is open anywhere in the cluster, and other tests have theirs in it. */
async function take(
  stream: AsyncGenerator<Answer>,
  count: number,
  meant: (change: Answer['data']) => boolean,
) {
  const items = [];
  while (items.length < count) {
    const { value } = await stream.next();
    expect(value.errors).toBeUndefined();
    const change = value.data.recipientChannelsChanged;
    if (meant(change)) items.push(change);
  }
  return items;
}
const rcsIs =
  (reachable: boolean) =>
  ({ recipient }: Answer['data']) =>
    recipient.channels[0].reachable === reachable;

const refresh = (recipientId: string) =>
  people.ask(
    'recipients',
    `mutation ($id: ID!) { refreshCapabilities(input: { recipientId: $id }) { recipient { id } } }`,
    { id: recipientId },
  );

test('a change is streamed with the recipient as it is after it, to those who asked for it', async () => {
  const id = await registered(people, { phone: '+14155550901' });
  const other = await registered(people, { phone: '+14155550902' });
  const stream = await people.follow('recipients', STREAM, { ids: [other] });
  await refresh(id);
  await refresh(other);
  const [change] = await take(stream, 1, rcsIs(true));
  expect(change.recipient.id).toBe(other);
  expect(change.recipient.channels[0]).toEqual({ channel: 'RCS', reachable: true });
  carriers.carrier.control.setProfile('+14155550902', {
    address: '+14155550902',
    rcs: { reachable: false },
  });
  people.clock.time += 1_000;
  await refresh(other);
  const [next] = await take(stream, 1, rcsIs(false));
  expect(next.recipient).toMatchObject({ id: other });
  await stream.return(undefined);
});

test('a stream resumed from a cursor begins after it and misses nothing', async () => {
  const first = await people.follow('recipients', STREAM);
  const ids = [
    await registered(people, { phone: '+14155550903' }),
    await registered(people, { phone: '+14155550904' }),
    await registered(people, { phone: '+14155550905' }),
  ];
  const [seen] = await take(first, 1, ({ recipient }) => ids.includes(recipient.id));
  await first.return(undefined);
  const resumed = await people.follow('recipients', STREAM, { after: seen.cursor });
  const rest = await take(resumed, 2, () => true);
  expect([seen, ...rest].map(({ recipient }) => recipient.id)).toEqual(ids);
  await resumed.return(undefined);
});

test('another tenant sees nothing of it, and a caller without the scope gets no stream', async () => {
  const foreign = await people.follow('recipients', STREAM, {}, { tenantId: 'globex' });
  await registered(people, { phone: '+14155550906' });
  const own = await registered(people, { phone: '+14155550906' }, { tenantId: 'globex' });
  const [change] = await take(foreign, 1, () => true);
  expect(change.recipient.id).toBe(own);
  await foreign.return(undefined);
  await expect(people.follow('recipients', STREAM, {}, { scopes: [] })).rejects.toMatchObject({
    extensions: { code: 'FORBIDDEN' },
  });
});

test('what is no cursor is refused, and so are too many ids', async () => {
  for (const variables of [{ after: 'junk' }, { ids: Array.from({ length: 1_001 }, () => 'x') }]) {
    await expect(people.follow('recipients', STREAM, variables)).rejects.toMatchObject({
      extensions: { code: 'BAD_USER_INPUT' },
    });
  }
});
