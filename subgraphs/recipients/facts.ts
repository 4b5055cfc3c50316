// The questions that recipients answers, in the asker's transaction: facts for messages, pseudonyms for consent.
import type { KeyObject } from 'node:crypto';
import type { Kms } from '../../crypto/kms.ts';
import type { Bus } from '../../platform/bus.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Transaction } from '../../platform/database.ts';
import { publicId } from '../../schema/ids.ts';
import {
  Channel as Channels,
  type AddressKind,
  type Channel,
  type Tristate,
} from '../../schema/vocabulary.ts';
import { openAddresses, type OpenedAddress } from './addresses.ts';
import { createDataKeys } from './data-keys.ts';
import { addressFor, addressKindOf } from './domain/address.ts';
import { knownCapability } from './domain/capability.ts';
import { loadDeviceOwners } from './store/load-device-owners.ts';
import { loadAddresses } from './store/load-addresses.ts';
import { loadDeviceKeys, loadPeople, type StoredPerson } from './store/load-people.ts';
import { loadPseudonyms } from './store/load-pseudonyms.ts';

/** One channel of a person. Without an address, or where the app has not subscribed, `address` is null. */
export interface ChannelFacts {
  readonly channel: Channel;
  /** E.164 for RCS and SMS, the subscription for PUSH; for LINK the person's public id, since the page itself asks who is
   *  there. */
  readonly address: string | null;
  /** UUID; null for a channel without one. */
  readonly addressId: string | null;
  readonly consentSubject: string | null;
  /** Whether the address does not exist, as somebody said who was to deliver there, and nobody proved it since. */
  readonly bounced: boolean;
  /** Whether somebody proved to own the address. */
  readonly verified: boolean;
  readonly supported: Tristate;
  readonly nativeE2ee: Tristate;
  /** A provider's id, `assumed`, or `none`. */
  readonly source: string;
  /** Milliseconds since 1970. */
  readonly checkedAt: number | null;
  readonly expiresAt: number | null;
  /** Whose network it is, as the provider said or as it was registered. */
  readonly carrier: string | null;
}

export interface RecipientFacts extends Omit<StoredPerson, 'dataKey' | 'carrier'> {
  /** Every channel, once. */
  readonly channels: readonly ChannelFacts[];
  readonly devices: readonly { readonly kid: string; readonly jwk: Record<string, unknown> }[];
  readonly dataKey: KeyObject;
}

/** The facts of many people by UUID, addresses opened, in three statements under the grants of index.ts; unknown ids and those of other tenants are missing. An empty list
 *  asks nothing. Throws CryptoError KEY_NOT_FOUND when a person's key is gone while the rows still stand. */
export function createRecipientFacts(deps: { kms: Kms; clock: Clock; bus: Bus }) {
  const dataKeys = createDataKeys(deps);
  return async (
    tx: Transaction,
    tenantId: string,
    recipientIds: readonly string[],
  ): Promise<ReadonlyMap<string, RecipientFacts>> => {
    if (recipientIds.length === 0) return new Map();
    const [people, sealed, deviceKeys] = await Promise.all([
      loadPeople(tx, tenantId, recipientIds),
      loadAddresses(tx, tenantId, { recipientIds }),
      loadDeviceKeys(tx, tenantId, recipientIds),
    ]);
    const addresses = Map.groupBy(await openAddresses(dataKeys, sealed), (row) => row.recipientId);
    const devices = Map.groupBy(deviceKeys, (row) => row.recipientId);
    const facts = new Map<string, RecipientFacts>();
    for (const { dataKey, carrier, ...person } of people) {
      const { askedId, recipientId } = person;
      facts.set(askedId, {
        ...person,
        channels: channelFacts({ recipientId, carrier }, addresses.get(recipientId) ?? []),
        devices: (devices.get(recipientId) ?? []).map(({ kid, jwk }) => ({ kid, jwk })),
        dataKey: await dataKeys.open({ tenantId, recipientId: askedId }, dataKey),
      });
    }
    return facts;
  };
}

/** Under which pseudonym a channel's consent is kept: that of its address, or the public id where it needs none. */
export interface ConsentSubject {
  readonly channel: Channel;
  readonly subject: string;
  readonly linkage: 'HASHED_PHONE' | 'HASHED_EMAIL' | 'HASHED_APPLE_ID' | 'RECIPIENT_ID';
  /** Where the person is, by ISO 3166; null where it is not known. */
  readonly region: string | null;
}

const linkageOf: Readonly<Record<AddressKind, ConsentSubject['linkage']>> = {
  PHONE: 'HASHED_PHONE',
  EMAIL: 'HASHED_EMAIL',
  APPLE_ID: 'HASHED_APPLE_ID',
  // Browsers change their subscriptions as they like; what the person agreed to stays.
  PUSH_SUBSCRIPTION: 'RECIPIENT_ID',
};

/** The pseudonyms of many people by UUID, in one statement; unknown ids and those of other tenants are missing. Channels
 *  whose address is missing are missing too. */
export async function consentSubjects(
  tx: Transaction,
  tenantId: string,
  recipientIds: readonly string[],
): Promise<ReadonlyMap<string, readonly ConsentSubject[]>> {
  if (recipientIds.length === 0) return new Map();
  const rows = await loadPseudonyms(tx, tenantId, recipientIds);
  return new Map(
    [...Map.groupBy(rows, (row) => row.askedId)].map(([askedId, addresses]) => [
      askedId,
      Object.values(Channels).flatMap((channel): ConsentSubject[] => {
        const kind = addressKindOf[channel];
        const region = addresses[0]?.region ?? null;
        if (kind === null || linkageOf[kind] === 'RECIPIENT_ID') {
          const subject = publicId('recipient', addresses[0]?.recipientId ?? askedId);
          return [{ channel, subject, linkage: 'RECIPIENT_ID', region }];
        }
        const subject = addresses.find((address) => address.kind === kind)?.pseudonym ?? null;
        return subject === null ? [] : [{ channel, subject, linkage: linkageOf[kind], region }];
      }),
    ]),
  );
}

/** Whose devices these are: the recipient's UUID by the device's, revoked and removed devices too, in one statement. Unknown
 *  ones and those of other tenants are missing. An empty list asks nothing. */
export async function deviceOwners(
  tx: Transaction,
  tenantId: string,
  deviceIds: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  return deviceIds.length === 0 ? new Map() : loadDeviceOwners(tx, tenantId, deviceIds);
}

function channelFacts(
  { recipientId, carrier }: Pick<StoredPerson, 'recipientId' | 'carrier'>,
  addresses: readonly OpenedAddress[],
): ChannelFacts[] {
  return Object.values(Channels).map((channel) => {
    const found = addressFor(channel, addresses);
    const person = publicId('recipient', recipientId);
    const itself = channel === 'LINK' ? person : null;
    const isPersons = found !== undefined && linkageOf[found.kind] === 'RECIPIENT_ID';
    const {
      features: _features,
      carrier: reported,
      ...capability
    } = knownCapability(channel, found?.capabilities.get(channel) ?? null);
    return {
      channel,
      address: found?.value ?? itself,
      addressId: found?.id ?? null,
      consentSubject: isPersons ? person : (found?.pseudonym ?? itself),
      bounced: typeof found?.bouncedAt === 'number',
      verified: typeof found?.verifiedAt === 'number',
      ...capability,
      carrier: reported ?? carrier,
    };
  });
}
