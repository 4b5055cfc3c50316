// Sending on a real database to providers that a test scripts: messages are accepted by GraphQL, workers work round by round.
import { randomUUID } from 'node:crypto';
import { graphql, parse, subscribe } from 'graphql';
import { buildSubgraphs } from '../../parts.ts';
import type { Job } from '../../platform/loop.ts';
import { createMetrics } from '../../platform/metrics.ts';
import type { Provider, RenderedContent, SendOutcome } from '../../providers/provider.ts';
import { uuidOf } from '../../schema/ids.ts';
import type { Channel } from '../../schema/vocabulary.ts';
import type { MessagesDeps } from '../../subgraphs/messages/deps.ts';
import { createMessages } from '../../subgraphs/messages/index.ts';
import { Policies } from '../../subgraphs/messages/policies.ts';
import { createSweep } from '../../subgraphs/messages/jobs/leave-stranded-lanes.ts';
import { TemplateCache } from '../../subgraphs/messages/store/find-template.ts';
import { refreshDue } from '../../subgraphs/recipients/jobs/refresh-stale-capabilities.ts';
import { messagePorts } from './message-ports.ts';
import {
  principalOf,
  registered,
  startPeople,
  type Answer,
  type Asker,
  type People,
} from './people.ts';
import { recordingLog } from './recording-log.ts';
import { jobOf, workerOf, type Worker } from './workers.ts';

export const ACCEPTED: SendOutcome = { kind: 'accepted', providerMessageId: 'taken' };
export const FAULT: Extract<SendOutcome, { kind: 'refused' }> = {
  kind: 'refused',
  code: 'PROVIDER_FAULT',
  providerCode: 'http 503',
  retryAfterMs: null,
};
const BODY = { locale: 'en', body: 'Hello.', smsText: 'Hello.', neutralText: 'Hello.' };
const LIMIT = 100;

/** A provider of the outside world: it answers what the test says, and remembers what it was handed. */
export interface ScriptedProvider extends Provider {
  /** A promise: it takes its time. */
  answer: SendOutcome | Promise<SendOutcome>;
  readonly taken: {
    readonly attemptId: string;
    readonly content: RenderedContent;
    readonly at: number;
  }[];
}

export function scripted(
  id: string,
  channel: Channel,
  rate: Provider['rate'] = null,
): ScriptedProvider {
  const provider: ScriptedProvider = {
    id,
    channel,
    rate,
    duplicates: 'client-key',
    receiptsName: 'attempt',
    reportsDeliveries: true,
    sendsMax: LIMIT,
    nativeE2ee: false,
    answer: ACCEPTED,
    taken: [],
    send: ({ attemptId, content }) => {
      provider.taken.push({ attemptId, content, at: Date.now() });
      return Promise.resolve(provider.answer);
    },
    verify: () => ({ kind: 'forged', reason: 'no callbacks here' }),
    events: () => [],
    close: () => Promise.resolve(),
  };
  return provider;
}

export interface Sending {
  readonly people: People;
  /** What the workers are made of. */
  readonly deps: MessagesDeps;
  /** What the workers logged. */
  readonly lines: () => Record<string, unknown>[];
  /** Asks the part by GraphQL, as somebody with all of its scopes or with these. Throws what is not data. */
  ask(source: string, variables?: object, asker?: Asker): Promise<Answer['data']>;
  /** Opens a stream. Throws what a refused subscription answers. */
  follow(document: string, variables?: object, asker?: Asker): Promise<AsyncGenerator<Answer>>;
  /** A person whom every provider reaches, and who permits it: the public id. */
  newRecipient(): Promise<string>;
  /** Sends a template to `count` people, and answers the public ids. Throws what is refused. */
  send(template: string, count: number): Promise<string[]>;
  /** The message's decision and attempts as the API shows them. */
  message(id: string): Promise<Answer['data']>;
  /** A worker of its own, with nothing in memory. */
  worker(): Worker;
  /** The job of a worker that serves this provider by itself. */
  job(provider: Provider): Job;
  /** The sweep of a worker that has these providers alone. */
  sweep(providers: readonly Provider[]): () => Promise<boolean>;
  close(): Promise<void>;
}

/** Two templates: `both` by RCS and SMS, `only` by the channel of the first provider. */
export async function startSending(providers: readonly ScriptedProvider[]): Promise<Sending> {
  const reachable = { supported: 'YES', features: [], carrier: null } as const;
  const people = await startPeople(
    providers
      .filter(({ channel }) => channel === 'RCS')
      .map(({ id, channel }) => ({
        id,
        channel,
        capabilities: (addresses) =>
          Promise.resolve(new Map(addresses.map((address) => [address, reachable]))),
      })),
  );
  const { log, lines } = recordingLog();
  const metrics = createMetrics({ withProcess: false });
  const { kms, clock } = people;
  const { bus, newUuid } = people.work;
  const deps: MessagesDeps = {
    database: people.databases.messages,
    ports: messagePorts({ kms, clock, bus }),
    providers: byChannel(providers),
    kms,
    bus,
    clock,
    newUuid,
    random: () => 0.5,
    policies: new Policies({ clock, bus }),
    settings: {
      providerTimeoutMs: 2_000,
      sendLeaseMs: 15_000,
      sendsMax: 256,
      templateFourEyes: 'off',
      pollMs: 50,
      linkBaseUrl: 'https://parley.example',
    },
    log,
    metrics,
  };
  const part = createMessages(deps);
  const { schema } = buildSubgraphs().messages;
  part.start?.();
  const scopes = [
    'templates:read',
    'templates:write',
    'templates:approve',
    'messages:read',
    'messages:send',
    'followups:read',
    'followups:write',
    'policy:read',
    'policy:write',
  ];
  const ask: Sending['ask'] = async (source, variables = {}, asker = {}) => {
    const contextValue = part.contextFor(principalOf({ scopes, ...asker }));
    const variableValues = { ...variables };
    const answer = (await graphql({ schema, source, variableValues, contextValue })) as Answer;
    if (answer.errors !== undefined) throw new Error(JSON.stringify(answer.errors));
    return answer.data;
  };
  const channels = providers.map(({ channel }) => channel);
  await approve(ask, 'both', channels);
  await approve(ask, 'only', channels.slice(0, 1));
  const newRecipient = recipients(people, channels);
  return {
    people,
    deps,
    lines,
    ask,
    async follow(document, variables = {}, asker = {}) {
      const stream = await subscribe({
        schema,
        document: parse(document),
        variableValues: { ...variables },
        contextValue: part.contextFor(principalOf({ scopes, ...asker })),
      });
      if (Symbol.asyncIterator in stream) return stream as AsyncGenerator<Answer>;
      throw stream.errors?.[0] ?? new Error('no stream');
    },
    newRecipient,
    async send(template, count) {
      const ids: string[] = [];
      for (let number = 0; number < count; number += 1) {
        const input = { idempotencyKey: randomUUID(), recipientId: await newRecipient(), template };
        const { sendMessage } = await ask(
          `mutation ($input: SendMessageInput!) { sendMessage(input: $input) {
             message { id } errors { __typename ... on UserError { code } } } }`,
          { input },
        );
        if (sendMessage.message === null) throw new Error(JSON.stringify(sendMessage.errors));
        ids.push(sendMessage.message.id as string);
      }
      return ids;
    },
    async message(id) {
      const { message } = await ask(
        `query ($id: ID!) { message(id: $id) {
           decision { candidates { channel rank reasons } }
           attempts { channel state tries failureCode fallbackReason } endReason } }`,
        { id },
      );
      return message;
    },
    worker: () => workerOf(deps),
    job: (provider) => jobOf(deps, provider),
    sweep: (configured) =>
      createSweep({ ...deps, providers: byChannel(configured) }, new TemplateCache()),
    close: async () => {
      await part.close();
      await people.close();
    },
  };
}

const byChannel = (providers: readonly Provider[]): ReadonlyMap<Channel, Provider> =>
  new Map(providers.map((provider) => [provider.channel, provider]));

async function approve(
  ask: Sending['ask'],
  name: string,
  channels: readonly Channel[],
): Promise<void> {
  const input = { name, type: 'RECEIPT', purpose: 'TRANSACTIONAL', sensitivity: 'LOW', channels };
  const { createTemplate } = await ask(
    `mutation ($input: CreateTemplateInput!) {
       createTemplate(input: $input) { template { id } errors { __typename } } }`,
    { input: { ...input, locales: [BODY] } },
  );
  await ask(
    `mutation ($input: MoveTemplateInput!) {
       submitTemplate(input: $input) { errors { __typename } }
       approveTemplate(input: $input) { errors { __typename } } }`,
    { input: { templateId: createTemplate.template.id } },
  );
}

/** Makes people whom every provider reaches, and who permit it. */
function recipients(people: People, channels: readonly Channel[]): () => Promise<string> {
  let last = 14155550100;
  return async () => {
    last += 1;
    const mailed = channels.includes('EMAIL') && { email: `person${last}@example.com` };
    const recipientId = await registered(people, { phone: `+${last}`, ...mailed });
    await refreshDue(people.work);
    const consent = {
      recipientId,
      purpose: 'TRANSACTIONAL',
      channels,
      jurisdiction: 'US',
      method: 'CHECKBOX',
      policyVersion: '1',
      source: 'WEB',
    };
    await people.ask(
      'consent',
      `mutation ($input: RecordConsentInput!) { recordConsent(input: $input) { errors { __typename } } }`,
      { input: consent },
    );
    return recipientId;
  };
}

/** The message's UUID. */
export const keyOf = (id: string): string => uuidOf('message', id) ?? '';
