// The four parts: the fixed side of each, and how each is connected to its ports. Nobody else knows them all.
import 'reflect-metadata';
import type { Kms } from './crypto/kms.ts';
import { crmTargetsAnywhere, type Configuration, type SubgraphName } from './configuration.ts';
import type { Bus } from './platform/bus.ts';
import type { Clock } from './platform/clock.ts';
import type { Database } from './platform/database.ts';
import type { Log } from './platform/log.ts';
import { createOutsideClient } from './platform/outside-client.ts';
import type { Metrics } from './platform/metrics.ts';
import type { Part, PartDefinition } from './platform/part.ts';
import { buildSubgraph, type Subgraph } from './platform/subgraph.ts';
import type { Provider } from './providers/provider.ts';
import { sendersOf } from './providers/index.ts';
import { pushServiceOf } from './providers/web-push/index.ts';
import { DateTime } from './schema/scalars.ts';
import { askConsent } from './subgraphs/consent/gate.ts';
import { consentDefinition, createConsent } from './subgraphs/consent/index.ts';
import { createDelivery, deliveryDefinition } from './subgraphs/delivery/index.ts';
import { createMessages, messagesDefinition } from './subgraphs/messages/index.ts';
import { Policies } from './subgraphs/messages/policies.ts';
import {
  consentSubjects,
  createRecipientFacts,
  deviceOwners,
} from './subgraphs/recipients/facts.ts';
import { createPersonKeys } from './subgraphs/recipients/person-keys.ts';
import { findAudience } from './subgraphs/recipients/find-audience.ts';
import { createPseudonyms } from './subgraphs/recipients/pseudonyms.ts';
import { createRecipients, recipientsDefinition } from './subgraphs/recipients/index.ts';

/** The fixed side of all parts, in the direction in which a message flows. */
export const definitions: Readonly<Record<SubgraphName, PartDefinition>> = {
  recipients: recipientsDefinition,
  consent: consentDefinition,
  messages: messagesDefinition,
  delivery: deliveryDefinition,
};

export function buildSubgraphs(): Readonly<Record<SubgraphName, Subgraph>> {
  const build = (name: SubgraphName): Subgraph =>
    buildSubgraph({
      name,
      ...definitions[name].graphql,
      scalars: [{ type: Date, scalar: DateTime }],
    });
  return {
    recipients: build('recipients'),
    consent: build('consent'),
    messages: build('messages'),
    delivery: build('delivery'),
  };
}

/** Every scope there is. */
export const SCOPES = [
  'recipients:read',
  'recipients:write',
  'recipients:admin',
  'pii:read',
  'consent:read',
  'consent:write',
  'consent:admin',
  'audit:read',
  'templates:read',
  'templates:write',
  'templates:approve',
  'messages:read',
  'messages:send',
  'followups:read',
  'followups:write',
  'policy:read',
  'policy:write',
  'campaigns:read',
  'campaigns:write',
  'delivery:read',
  'conversations:read',
  'conversations:write',
] as const;

/** How often workers look when nobody wakes them. */
const POLL_MS = 250;

/** To one of a tenant's own systems; their answers are not read. */
const CRM_LIMITS = { bodyMaxBytes: 65_536, connectionsMax: 16, insecure: false };

/** What every part is given. */
export interface CommonDeps {
  readonly database: Database;
  readonly kms: Kms;
  readonly bus: Bus;
  readonly clock: Clock;
  readonly newUuid: () => string;
  readonly log: Log;
  readonly metrics: Metrics;
}

/** What some parts are given besides. */
export interface Around {
  readonly config: Configuration;
  readonly providers: readonly Provider[];
  readonly callbackBaseUrl: string;
  readonly publicUrl: string;
}

/** Connects one part to its ports. Forward is a call into another part's tables, in the caller's transaction. */
export function createPart(name: SubgraphName, deps: CommonDeps, around: Around): Part {
  const { config, providers, callbackBaseUrl, publicUrl } = around;
  switch (name) {
    case 'recipients':
      return createRecipients({
        ...deps,
        providers,
        push: pushServiceOf(config.webPush),
        settings: config.recipients,
      });
    case 'consent':
      return createConsent({
        ...deps,
        ports: { ...createPseudonyms(deps), consentSubjects, deviceOwners },
        random: Math.random,
        outside: createOutsideClient({
          ...CRM_LIMITS,
          timeoutMs: config.consent.crmTimeoutMs,
          ...(crmTargetsAnywhere(config) && { insecure: true, admits: () => true }),
        }),
        settings: config.consent,
      });
    case 'messages':
      return createMessages({
        ...deps,
        ports: {
          recipientFacts: createRecipientFacts(deps),
          audience: findAudience,
          consent: askConsent,
        },
        providers: sendersOf(providers, config.senders),
        random: Math.random,
        policies: new Policies(deps),
        settings: { ...config.messages, pollMs: POLL_MS, linkBaseUrl: publicUrl },
      });
    case 'delivery':
      return createDelivery({
        ...deps,
        ports: { ...createPseudonyms(deps), personKeys: createPersonKeys(deps) },
        providers: new Map(providers.map((provider) => [provider.id, provider])),
        settings: { ...config.delivery, pollMs: POLL_MS, callbackBaseUrl },
      });
  }
}
