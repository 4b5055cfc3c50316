// Conversations for tests: what messages tell of is followed, what people do comes over the carriers' wires, and GraphQL is asked.
import { graphql, parse, subscribe } from 'graphql';
import { buildSubgraphs } from '../../parts.ts';
import { createMetrics } from '../../platform/metrics.ts';
import { publicId, uuidOf } from '../../schema/ids.ts';
import type { Channel, MessageType } from '../../schema/vocabulary.ts';
import { createDelivery } from '../../subgraphs/delivery/index.ts';
import { closeSilentConversations } from '../../subgraphs/delivery/jobs/close-silent-conversations.ts';
import { followAttempts } from '../../subgraphs/delivery/jobs/follow-attempts.ts';
import { followPeople } from '../../subgraphs/delivery/jobs/follow-people.ts';
import { caughtUp, oneRound } from './jobs.ts';
import { principalOf, registered, type Answer, type Asker } from './people.ts';
import { startReplies } from './replies.ts';

const PROVIDERS: Partial<Record<Channel, string>> = { RCS: 'google-rbm', SMS: 'twilio' };
export const AGENT = ['conversations:read', 'conversations:write', 'pii:read', 'audit:read'];

const SHOWN = `id state channel since
  entries { edges { node { kind message { id } actionId actor occurredAt text(reason: "ticket 7") } } }`;

export interface HandedOver {
  /** `msg_...` */
  readonly messageId: string;
  /** UUID. */
  readonly attemptId: string;
}

export type Conversations = Awaited<ReturnType<typeof startConversations>>;

export async function startConversations() {
  const replies = await startReplies();
  const { people, deps, newUuid } = replies;
  // The carriers' clocks are ahead of it by years, so that what people do happens now, whenever a test runs.
  people.clock.time = Date.parse('2020-02-02T12:00:00Z');
  // Its own sessions with the carriers are not opened: the harness has them.
  const part = createDelivery({ ...deps, providers: new Map() });
  part.start?.();
  const { schema } = buildSubgraphs().delivery;
  const contextFor = ({ tenantId, scopes = AGENT }: Asker) =>
    part.contextFor(principalOf({ tenantId, scopes }));

  /** What the log of messages says of one that was accepted and handed over. Time is the clock's. */
  async function told(tenantId: string, name: string, payload: object): Promise<void> {
    await people.sql(
      `insert into messages.event (tenant_id, id, name, payload, occurred_at)
       values ($1, $2, $3, $4, to_timestamp($5 / 1000.0))`,
      [tenantId, newUuid(), name, JSON.stringify(payload), people.clock.time],
    );
  }
  const followed = () =>
    caughtUp(people, followAttempts(deps), {
      name: 'attempts',
      source: 'messages',
      schema: 'delivery',
    });

  const ask = async (source: string, variables: object = {}, asker: Asker = {}): Promise<Answer> =>
    (await graphql({
      schema,
      source,
      variableValues: { ...variables },
      contextValue: contextFor(asker),
    })) as Answer;

  let numbers = 0;
  return {
    ...replies,
    /** Registers somebody at a number of their own. */
    async newPerson(phone?: string, asker?: Asker): Promise<[id: string, phone: string]> {
      numbers += 1;
      const number = phone ?? `+1415555${4000 + numbers}`;
      return [await registered(people, { phone: number, region: 'US' }, asker), number];
    },
    /** A message is accepted, and handed over to the provider of the channel `waitMs` later. */
    async handedOver(
      recipientId: string,
      over: {
        channel?: Channel;
        type?: MessageType;
        tenantId?: string;
        provider?: string;
        waitMs?: number;
        /** FAILED: the provider did not take it. */
        state?: 'SENT' | 'FAILED';
        meanwhile?: () => Promise<void>;
      } = {},
    ): Promise<HandedOver> {
      const { channel = 'RCS', type = 'ALERT', tenantId = 'acme', waitMs = 1_000 } = over;
      const [messageId, attemptId] = [newUuid(), newUuid()];
      const about = { messageId, recipientId: uuidOf('recipient', recipientId) };
      const change = {
        ...about,
        attemptId,
        channel,
        protection: 'CLEAR',
        provider: over.provider ?? PROVIDERS[channel],
        failureCode: null,
        fallbackReason: null,
        providerMessageId: null,
        messageType: type,
      };
      await told(tenantId, 'message.accepted', about);
      people.clock.time += waitMs;
      await over.meanwhile?.();
      await told(tenantId, 'attempt.changed', { ...change, state: 'SUBMITTING' });
      await told(tenantId, 'attempt.changed', { ...change, state: over.state ?? 'SENT' });
      await followed();
      people.clock.time += 1_000;
      return { messageId: publicId('message', messageId), attemptId };
    },
    /** What became of people is followed. */
    peopleFollowed: () =>
      caughtUp(people, followPeople(deps), {
        name: 'people',
        source: 'recipients',
        schema: 'delivery',
      }),
    /** One round of the job that closes what is silent; answers the metrics that it shows. */
    async closedSilent(): Promise<string> {
      const metrics = createMetrics({ withProcess: false });
      await oneRound(closeSilentConversations({ ...deps, metrics }));
      const { body } = await metrics.route.handle({} as never);
      return String(body);
    },
    /** Taps a reply on the card that was handed over. */
    tap: (from: string, { messageId, attemptId }: HandedOver, actionId: string) => ({
      channel: 'RCS',
      from,
      suggestion: { postbackData: `r:${attemptId}:${messageId}:${actionId}`, text: 'Tapped' },
    }),
    ask,
    /** The person's conversations, as an agent sees them. */
    async shown(recipientId: string, asker?: Asker) {
      const { data, errors } = await ask(
        `query ($to: [_Any!]!) { _entities(representations: $to) {
           ... on Recipient { conversations { ${SHOWN} } } } }`,
        { to: [{ __typename: 'Recipient', id: recipientId }] },
        asker,
      );
      if (errors !== undefined) throw errors[0] ?? new Error('refused');
      return data._entities[0].conversations.map(
        ({ entries, ...conversation }: { entries: { edges: { node: object }[] } }) => ({
          ...conversation,
          entries: entries.edges.map(({ node }) => node),
        }),
      );
    },
    async closed(conversationId: string, asker?: Asker) {
      const { data, errors } = await ask(
        `mutation ($input: CloseConversationInput!) { closeConversation(input: $input) {
           conversation { id state } errors { __typename ... on UserError { code path } } } }`,
        { input: { conversationId } },
        asker,
      );
      if (errors !== undefined) throw errors[0] ?? new Error('refused');
      return data.closeConversation;
    },
    /** Opens a stream. Throws what a refused subscription answers. */
    async follow(source: string, variables: object = {}, asker: Asker = {}) {
      const stream = await subscribe({
        schema,
        document: parse(source),
        variableValues: { ...variables },
        contextValue: contextFor(asker),
      });
      if (Symbol.asyncIterator in stream) return stream as AsyncGenerator<Answer>;
      throw stream.errors?.[0] ?? new Error('no stream');
    },
    async close(): Promise<void> {
      // The database is delivery's, and closes with it.
      await part.close();
      await replies.close();
    },
  };
}
