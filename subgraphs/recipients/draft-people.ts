// The rows of people who are new: each with a data key of their own, under which the addresses are sealed.
import type { MacKey } from '../../crypto/kms.ts';
import { draftAddresses } from './addresses.ts';
import type { RecipientsWork } from './deps.ts';
import { DEFAULT_PROFILE, type Profile } from './domain/profile.ts';
import type { ReadPerson } from './read-person.ts';
import type { NewPeople } from './store/insert-people.ts';
import type { AddressRow } from './store/address.table.ts';
import type { ExternalIdRow } from './store/external-id.table.ts';
import type { RecipientRow } from './store/recipient.table.ts';

/** In the order of the people. Asks the KMS, once a person: before a transaction begins, since it may be another machine. */
export async function draftPeople(
  deps: RecipientsWork,
  tenantId: string,
  pseudonymKey: MacKey,
  people: readonly ReadPerson[],
): Promise<NewPeople> {
  const { newUuid, clock, dataKeys } = deps;
  const now = new Date(clock.now());
  const recipients: RecipientRow[] = [];
  const addresses: AddressRow[] = [];
  const externalIds: ExternalIdRow[] = [];
  for (const person of people) {
    const recipientId = newUuid();
    const { key, wrapped } = await dataKeys.create({ tenantId, recipientId });
    const owner = { tenantId, recipientId, dataKey: key, pseudonymKey };
    addresses.push(...draftAddresses(deps, owner, person.addresses));
    for (const id of person.externalIds) externalIds.push({ tenantId, recipientId, ...id });
    recipients.push({
      tenantId,
      id: recipientId,
      ...profileColumns(profileOf(person)),
      dataKey: Buffer.from(wrapped.ciphertext),
      dataKeyId: wrapped.keyId,
      dataKeyVersion: wrapped.version,
      createdAt: now,
      updatedAt: now,
    });
  }
  return { recipients, addresses, externalIds };
}

/** What was said, on top of what holds of everybody; the region is that of the phone number where none was given. */
function profileOf({ profile, addresses }: ReadPerson): Profile {
  const told = { ...DEFAULT_PROFILE, ...profile };
  const ofPhone = addresses.find(({ region }) => region !== null)?.region ?? null;
  return { ...told, region: told.region ?? ofPhone };
}

/** A profile as columns: lists are the row's own. */
export function profileColumns(
  profile: Profile,
): Omit<
  RecipientRow,
  'tenantId' | 'id' | 'dataKey' | 'dataKeyId' | 'dataKeyVersion' | 'createdAt' | 'updatedAt'
> {
  return {
    locale: profile.locale,
    timeZone: profile.timeZone,
    region: profile.region,
    carrier: profile.carrier,
    preferredChannels: [...profile.preferredChannels],
    optedOutChannels: [...profile.optedOutChannels],
    purposeOptOuts: profile.purposeOptOuts,
    quietHours: profile.quietHours,
    featureFlags: profile.featureFlags,
  };
}
