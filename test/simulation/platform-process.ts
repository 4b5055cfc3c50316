// One process of the platform: the engine's own deeds and jobs, connected to the world of the simulation.
import type { Kms } from '../../crypto/kms.ts';
import { Listeners, type Bus, type Topic } from '../../platform/bus.ts';
import type { Database } from '../../platform/database.ts';
import type { Job } from '../../platform/loop.ts';
import type { Log } from '../../platform/log.ts';
import type { Provider } from '../../providers/provider.ts';
import { CallbackVault } from '../../subgraphs/delivery/callback-vault.ts';
import type { DeliveryDeps } from '../../subgraphs/delivery/context.ts';
import { followAttempts } from '../../subgraphs/delivery/jobs/follow-attempts.ts';
import { normaliseCallbacks } from '../../subgraphs/delivery/jobs/normalise-callbacks.ts';
import { createTakeCallback, type TakeCallback } from '../../subgraphs/delivery/take-callback.ts';
import {
  createAcceptMessage,
  type AcceptMessage,
} from '../../subgraphs/messages/accept-message.ts';
import { cancelMessage } from '../../subgraphs/messages/cancel-message.ts';
import type { MessagesDeps } from '../../subgraphs/messages/deps.ts';
import { expireWaits } from '../../subgraphs/messages/jobs/expire-waits.ts';
import { followReceipts } from '../../subgraphs/messages/jobs/follow-receipts.ts';
import { sendDueAttempts } from '../../subgraphs/messages/jobs/send-due-attempts.ts';
import { Policies } from '../../subgraphs/messages/policies.ts';
import { createRecordHappening } from '../../subgraphs/messages/send-attempt.ts';
import { TemplateCache } from '../../subgraphs/messages/store/find-template.ts';
import { createCountOutcomes } from '../../subgraphs/messages/watch-lanes.ts';
import type { Machine } from './machine.ts';
import type { People } from './people.ts';

export const PROVIDER_TIMEOUT_MS = 2_000;
export const SEND_LEASE_MS = 15_000;
export const POLL_MS = 2_000;

export interface ProcessParts {
  readonly machine: Machine;
  readonly databases: { readonly messages: Database; readonly delivery: Database };
  readonly providers: readonly Provider[];
  readonly people: People;
  readonly kms: Kms;
  readonly log: Log;
  readonly newUuid: () => string;
  readonly random: () => number;
  /** Wakes all processes. */
  wake(topic: Topic): void;
}

export interface PlatformProcess {
  readonly machine: Machine;
  readonly listeners: Listeners;
  readonly providers: readonly Provider[];
  readonly accept: AcceptMessage;
  readonly cancel: (tenantId: string, messageId: string) => ReturnType<typeof cancelMessage>;
  readonly takeCallback: TakeCallback;
}

export function startProcess(parts: ProcessParts): PlatformProcess {
  const { machine, databases, providers } = parts;
  const listeners = new Listeners();
  const bus: Bus = {
    wake: (topic) => parts.wake(topic),
    listen: (topic, listener) => listeners.add(topic, listener),
    close: () => Promise.resolve(),
  };
  const { kms, log, newUuid } = parts;
  const { clock } = machine;
  const messages: MessagesDeps = {
    database: databases.messages,
    // What is asked beside sending is asked by nobody here.
    ports: {
      recipientFacts: parts.people.askFacts,
      consent: parts.people.askConsent,
    } as MessagesDeps['ports'],
    providers: new Map(providers.map((provider) => [provider.channel, provider])),
    kms,
    bus,
    clock,
    newUuid,
    random: parts.random,
    policies: new Policies({ clock, bus }),
    settings: {
      providerTimeoutMs: PROVIDER_TIMEOUT_MS,
      sendLeaseMs: SEND_LEASE_MS,
      sendsMax: 256,
      templateFourEyes: 'off',
      pollMs: POLL_MS,
      linkBaseUrl: 'https://parley.example',
    },
    log,
    // Nobody looks at the figures of a simulation; whatever of the engine does is wrong here.
    metrics: undefined as never,
  };
  const delivery: DeliveryDeps = {
    database: databases.delivery,
    ports: {} as DeliveryDeps['ports'],
    providers: new Map(providers.map((provider) => [provider.id, provider])),
    kms,
    bus,
    clock,
    newUuid,
    settings: { pollMs: POLL_MS } as DeliveryDeps['settings'],
    log,
    metrics: undefined as never,
  };
  const templates = new TemplateCache();
  const record = createRecordHappening(messages, templates, createCountOutcomes(messages));
  const vault = new CallbackVault(delivery);
  const jobs: readonly Job[] = [
    ...providers.map((provider) =>
      sendDueAttempts(messages, templates, record, () => undefined, provider),
    ),
    expireWaits(messages, record),
    followReceipts(messages, templates),
    followAttempts(delivery),
    normaliseCallbacks(delivery, vault),
  ];
  for (const job of jobs) job.start();
  return {
    machine,
    listeners,
    providers,
    accept: createAcceptMessage(messages),
    cancel: (tenantId, messageId) => cancelMessage(messages, templates, { tenantId, messageId }),
    takeCallback: createTakeCallback(delivery, vault),
  };
}
