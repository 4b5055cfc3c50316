// The real adapters against the carrier simulator over real sockets, and a platform's door that takes the callbacks.
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../platform/clock.ts';
import { readConfig } from '../../platform/config.ts';
import { createProviders, providerOptions } from '../../providers/index.ts';
import type {
  Outbound,
  Provider,
  ProviderEvent,
  RawCallback,
  Verification,
} from '../../providers/provider.ts';
import { closedUrl } from './answering-server.ts';
import { startCarrier, type Carrier } from '../../simulator/index.ts';
import { listen, type Incoming, type Reply } from '../../simulator/server.ts';
import {
  appleVariables,
  smppVariables,
  smtpVariables,
  webPushVariables,
} from '../../simulator/variables.ts';

/** One callback as the door saw it. Only one that was answered 200 has events. */
export interface TakenCallback {
  readonly provider: string;
  readonly raw: RawCallback;
  readonly verification: Verification['kind'];
  /** The door's answer. */
  readonly status: number;
  readonly events: readonly ProviderEvent[];
}

export interface CarrierHarness {
  readonly carrier: Carrier;
  readonly rbm: Provider;
  readonly twilio: Provider;
  readonly smpp: Provider;
  readonly smtp: Provider;
  readonly push: Provider;
  readonly apple: Provider;
  /** Every callback so far, forged and failed ones too. */
  readonly taken: readonly TakenCallback[];
  /** Why what an SMSC or a mail server tells could not come in, each time. */
  readonly interruptions: readonly string[];
  /** What the door answers instead of 200 to genuine callbacks, while it is not null. */
  failWith: number | null;
  /** Resolves with the first `count` events about this attempt, in order of arrival. */
  eventsOf(attemptId: string, count: number): Promise<readonly ProviderEvent[]>;
  /** Resolves when the callbacks satisfy this. */
  until(enough: (taken: readonly TakenCallback[]) => boolean): Promise<void>;
  readonly historyPath: string;
  close(): Promise<void>;
}

export const DEADLINE_MS = 5000;

/** Looks again until it holds, for what no callback tells; Jest's time limit ends a wait in vain. */
export async function eventually(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 5));
}

/** Simulated time runs 20 times as fast. */
export async function startHarness(): Promise<CarrierHarness> {
  const directory = mkdtempSync(join(tmpdir(), 'parley-carrier-'));
  const historyPath = join(directory, 'history.jsonl');
  const taken: TakenCallback[] = [];
  const waiting = new Set<() => void>();
  const providers = new Map<string, Provider>();

  const take = (incoming: Incoming): Reply => {
    const id = incoming.path.slice(1);
    const provider = providers.get(id);
    if (provider === undefined) return { status: 404, body: '' };
    const raw = rawCallback(incoming, url);
    const verification = provider.verify(raw);
    if (verification.kind === 'handshake') return { status: 200, body: verification.answer };
    return { status: keep(provider, raw, verification.kind), body: '' };
  };
  const keep = (
    provider: Provider,
    raw: RawCallback,
    verification: Verification['kind'],
  ): number => {
    const status = verification === 'genuine' ? (harness.failWith ?? 200) : 403;
    const events = status === 200 ? provider.events(raw) : [];
    taken.push({ provider: provider.id, raw, verification, status, events });
    for (const look of waiting) look();
    return status;
  };
  const door = await listen(0, take);
  const url = `http://127.0.0.1:${door.port}`;
  const bouncePort = Number(new URL(await closedUrl()).port);
  const webhooks = {
    rbm: `${url}/google-rbm`,
    twilio: `${url}/twilio`,
    apple: `${url}/apple-messages`,
    smtp: `smtp://127.0.0.1:${bouncePort}`,
  };
  const carrier = await startCarrier({ seed: 1, timeScale: 20, webhooks, historyPath });
  const variables = {
    ...smppVariables(carrier),
    ...smtpVariables(carrier, bouncePort),
    ...(await webPushVariables(carrier, directory)),
    ...appleVariables(carrier),
  };
  const all = createAll(carrier, { callbackBaseUrl: url, directory, variables });
  for (const provider of all) providers.set(provider.id, provider);

  const interruptions: string[] = [];
  const stops = all.map((provider) =>
    provider.listen?.({
      take: async (raw) => {
        const status = keep(provider, raw, provider.verify(raw).kind);
        if (status !== 200) throw new Error('not kept');
      },
      interrupted: (reason) => interruptions.push(reason),
    }),
  );

  const until = (enough: (all: readonly TakenCallback[]) => boolean): Promise<void> =>
    new Promise((resolve) => {
      const look = (): void => {
        if (!enough(taken)) return;
        waiting.delete(look);
        resolve();
      };
      waiting.add(look);
      look();
    });
  const harness: CarrierHarness = {
    carrier,
    taken,
    interruptions,
    until,
    historyPath,
    failWith: null,
    rbm: found(providers, 'google-rbm'),
    twilio: found(providers, 'twilio'),
    smpp: found(providers, 'smpp'),
    smtp: found(providers, 'smtp'),
    push: found(providers, 'web-push'),
    apple: found(providers, 'apple-messages'),
    eventsOf: async (attemptId, count) => {
      const about = () =>
        taken.flatMap(({ events }) => events).filter((event) => event.attemptId === attemptId);
      await until(() => about().length >= count);
      return about();
    },
    close: async () => {
      for (const stop of stops) await stop?.();
      await carrier.close();
      await Promise.all([...providers.values()].map((provider) => provider.close()));
      await door.close();
      rmSync(directory, { recursive: true });
    },
  };
  return harness;
}

/** A text or card for this number, as a fresh attempt. */
export function outboundTo(to: string, content: Outbound['content'], ttlSeconds = 600): Outbound {
  return {
    attemptId: randomUUID(),
    messageId: 'msg_01h455vb4pex5vsknk084sn02q',
    tenantId: 'acme',
    to,
    type: 'RECEIPT',
    content,
    ttlSeconds,
  };
}

function createAll(
  carrier: Carrier,
  around: { callbackBaseUrl: string; directory: string; variables: Record<string, string> },
) {
  const { callbackBaseUrl, directory } = around;
  const { ports, credentials, serviceAccount } = carrier;
  const serviceAccountFile = join(directory, 'service-account.json');
  writeFileSync(serviceAccountFile, JSON.stringify(serviceAccount));
  const variables = {
    RBM_BASE_URL: `http://127.0.0.1:${ports.rbm}`,
    RBM_AGENT_ID: credentials.rbm.agentId,
    RBM_SERVICE_ACCOUNT_FILE: serviceAccountFile,
    RBM_CLIENT_TOKENS: credentials.rbm.clientToken,
    TWILIO_BASE_URL: `http://127.0.0.1:${ports.twilio}`,
    TWILIO_ACCOUNT_SID: credentials.twilio.accountSid,
    TWILIO_AUTH_TOKENS: credentials.twilio.authToken,
    TWILIO_FROM: credentials.twilio.from,
    ...around.variables,
  };
  const dependencies = {
    callbackBaseUrl,
    clock: systemClock,
    newUuid: randomUUID,
    random: Math.random,
  };
  return createProviders(readConfig(providerOptions, variables), dependencies);
}

function rawCallback({ path, query, headers, body }: Incoming, baseUrl: string): RawCallback {
  const search = query.size === 0 ? '' : `?${query}`;
  const flat = Object.entries(headers).map(([name, value]) => [name, value?.toString()]);
  return { url: baseUrl + path + search, headers: Object.fromEntries(flat), body };
}

function found(providers: ReadonlyMap<string, Provider>, id: string): Provider {
  const provider = providers.get(id);
  if (provider === undefined) throw new Error(`there is no provider ${id}`);
  return provider;
}
