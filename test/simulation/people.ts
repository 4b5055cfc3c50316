// The people of a run: what is known of them, what they permit, and when they took it back.
import { createSecretKey } from 'node:crypto';
import type { Channel } from '../../schema/vocabulary.ts';
import type {
  AskConsent,
  AskRecipientFacts,
  ChannelFacts,
  RecipientFacts,
} from '../../subgraphs/messages/ports.ts';
import type { Random } from './random.ts';

const CHANNELS = ['RCS', 'SMS', 'EMAIL'] as const satisfies readonly Channel[];
const KEY = createSecretKey(Buffer.alloc(32, 7));

interface Consent {
  readonly consentId: string;
  /** Milliseconds since 1970; null while it stands. Acknowledged at that moment. */
  readonly withdrawnAt: number | null;
}

export interface Person {
  readonly facts: RecipientFacts;
  readonly consents: Map<Channel, Consent>;
}

export class People {
  readonly #byId: ReadonlyMap<string, Person>;

  constructor(random: Random, count: number, newUuid: () => string) {
    const people = Array.from({ length: count }, () => newPerson(random, newUuid));
    this.#byId = new Map(people.map((person) => [person.facts.recipientId, person]));
  }

  get ids(): readonly string[] {
    return [...this.#byId.keys()];
  }

  withdraw(recipientId: string, channel: Channel, now: number): void {
    const consents = this.#byId.get(recipientId)?.consents;
    const consent = consents?.get(channel);
    if (consent?.withdrawnAt === null) consents?.set(channel, { ...consent, withdrawnAt: now });
  }

  grant(recipientId: string, channel: Channel, consentId: string): void {
    this.#byId.get(recipientId)?.consents.set(channel, { consentId, withdrawnAt: null });
  }

  /** Since when the person does not permit the channel any more: null where they do, 0 where they never did. */
  withdrawnAt(recipientId: string, channel: Channel): number | null {
    const consent = this.#byId.get(recipientId)?.consents.get(channel);
    return consent === undefined ? 0 : consent.withdrawnAt;
  }

  readonly askFacts: AskRecipientFacts = async (_tx, _tenantId, ids) =>
    new Map(
      ids.flatMap((id) => {
        const person = this.#byId.get(id);
        return person === undefined ? [] : [[id, person.facts] as const];
      }),
    );

  readonly askConsent: AskConsent = async (_tx, questions) =>
    questions.map(({ subject, channel }) => {
      const [recipientId = ''] = subject.split('/');
      const consent = this.#byId.get(recipientId)?.consents.get(channel);
      if (consent === undefined) {
        return { allowed: false, reason: 'CONSENT_MISSING', consentId: null };
      }
      const { consentId, withdrawnAt } = consent;
      return withdrawnAt === null
        ? { allowed: true, consentId }
        : { allowed: false, reason: 'CONSENT_WITHDRAWN', consentId };
    });
}

function newPerson(random: Random, newUuid: () => string): Person {
  const recipientId = newUuid();
  const reachedBy = random.some(CHANNELS, 0.85);
  const facts: RecipientFacts = {
    recipientId,
    locale: 'en',
    timeZone: 'UTC',
    region: 'US',
    preferredChannels: [],
    optedOutChannels: [],
    purposeOptOuts: {},
    quietHours: null,
    featureFlags: {},
    channels: reachedBy.map((channel) => channelFacts(recipientId, channel)),
    devices: [],
    dataKey: KEY,
  };
  const permitted = random.some(reachedBy, 0.95);
  const consents = new Map(
    permitted.map((channel) => [channel, { consentId: newUuid(), withdrawnAt: null }]),
  );
  return { facts, consents };
}

function channelFacts(recipientId: string, channel: Channel): ChannelFacts {
  return {
    channel,
    address: `${recipientId}@${channel}`,
    consentSubject: `${recipientId}/${channel}`,
    addressId: null,
    carrier: null,
    bounced: false,
    verified: true,
    supported: 'YES',
    nativeE2ee: 'NO',
    source: 'assumed',
    checkedAt: null,
    expiresAt: null,
  };
}
