// Push subscriptions in tests: browsers' keys, registrations by GraphQL, and what messages is told of the channel.
import { createECDH, randomBytes, randomUUID } from 'node:crypto';
import { uuidOf } from '../../schema/ids.ts';
import { createRecipientFacts } from '../../subgraphs/recipients/facts.ts';
import { registered, type Asker, type People } from './people.ts';

export interface TestSubscription {
  readonly endpoint: string;
  readonly keys: { readonly p256dh: string; readonly auth: string };
}

/** At the one push service that tests know. */
export function newSubscription(): TestSubscription {
  const pair = createECDH('prime256v1');
  const keys = {
    p256dh: pair.generateKeys('base64url'),
    auth: randomBytes(16).toString('base64url'),
  };
  return { endpoint: `https://push.example/${randomUUID()}`, keys };
}

/** What people do with them. */
export function subscribingOf(people: People) {
  let count = 0;
  return {
    newPerson: (): Promise<string> => {
      count += 1;
      return registered(people, { phone: `+1415557${1000 + count}` });
    },
    /** A second later than what was before. */
    async subscribe(
      recipientId: string,
      subscription: object,
      more: object = {},
      asker: Asker = {},
    ) {
      people.clock.time += 1_000;
      const { data, errors } = await people.ask(
        'recipients',
        `mutation ($input: RegisterPushSubscriptionInput!) { registerPushSubscription(input: $input) {
           address { id kind masked } errors { __typename ... on UserError { code path message } } } }`,
        { input: { recipientId, subscription, ...more } },
        asker,
      );
      return errors === undefined ? data.registerPushSubscription : { errors };
    },
    /** What messages is told of the person's push channel. */
    async pushOf(recipientId: string) {
      const id = uuidOf('recipient', recipientId) ?? '';
      const ask = createRecipientFacts(people.work);
      const facts = await people.databases.messages.read('acme', (tx) => ask(tx, 'acme', [id]));
      const push = facts.get(id)?.channels.find(({ channel }) => channel === 'PUSH');
      if (push === undefined) throw new Error('nobody of that id');
      return push;
    },
    /** How often it was told that the person's addresses changed. */
    async changesOf(recipientId: string): Promise<number> {
      const rows = await people.sql<{ payload: { recipientId: string; reason: string } }>(
        `select payload from recipients.event where name = 'recipient.channels-changed'`,
      );
      const id = uuidOf('recipient', recipientId);
      return rows.filter(
        ({ payload }) => payload.recipientId === id && payload.reason === 'address',
      ).length;
    },
  };
}
