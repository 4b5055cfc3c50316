// Recipients: who may be messaged, at which addresses, on which devices, and what each channel can do.
import { createWebAuthnAttestation } from '../../crypto/attestation-webauthn.ts';
import { LOG_COLUMNS } from '../../platform/event-log.ts';
import { LiveTail } from '../../platform/live-tail.ts';
import type { Part, PartDefinition } from '../../platform/part.ts';
import type { RecipientsContext } from './context.ts';
import type { RecipientsDeps, RecipientsWork } from './deps.ts';
import { createDataKeys } from './data-keys.ts';
import { AttestationResolver } from './graphql/attestation.resolver.ts';
import { ChannelsChangedSubscription } from './graphql/channels-changed.subscription.ts';
import { CapabilityResolver } from './graphql/capability.resolver.ts';
import { DeviceLifeResolver } from './graphql/device-life.resolver.ts';
import { DeviceResolver } from './graphql/device.resolver.ts';
import { DirectoryResolver } from './graphql/directory.resolver.ts';
import { IdentityResolver } from './graphql/identity.resolver.ts';
import { createLoaders } from './graphql/loaders.ts';
import { PeopleDataResolver } from './graphql/people-data.resolver.ts';
import { PushResolver } from './graphql/push.resolver.ts';
import { RecipientResolver, resolveRecipient } from './graphql/recipient.resolver.ts';
import { RecoveryResolver } from './graphql/recovery.resolver.ts';
import { importFile } from './http/import-file.ts';
import { followFailures } from './jobs/follow-failures.ts';
import { watchMarkets } from './jobs/watch-markets.ts';
import { refreshStaleCapabilities } from './jobs/refresh-stale-capabilities.ts';
import { createLookUpNumbers } from './look-up-numbers.ts';
import { AddressTable } from './store/address.table.ts';
import { AttestationPolicyTable } from './store/attestation-policy.table.ts';
import { CapabilityOutcomeTable } from './store/capability-outcome.table.ts';
import { CapabilityTtlTable } from './store/capability-ttl.table.ts';
import { CapabilityTable } from './store/capability.table.ts';
import { DeviceTable } from './store/device.table.ts';
import { ErasureTable } from './store/erasure.table.ts';
import { ExternalIdTable } from './store/external-id.table.ts';
import { IdentityProviderTable } from './store/identity-provider.table.ts';
import { init } from './store/migrations/0001-init.ts';
import { capabilities } from './store/migrations/0002-capabilities.ts';
import { devices } from './store/migrations/0004-devices.ts';
import { deviceTrust } from './store/migrations/0014-device-trust.ts';
import { people } from './store/migrations/0015-people.ts';
import { bounces } from './store/migrations/0016-bounces.ts';
import { push } from './store/migrations/0017-push.ts';
import { NumberCapabilityTable } from './store/number-capability.table.ts';
import { piiAccess } from './store/migrations/0007-pii-access.ts';
import { PiiAccessTable } from './store/pii-access.table.ts';
import { RecipientAliasTable } from './store/recipient-alias.table.ts';
import { RecipientTable } from './store/recipient.table.ts';
import { RetiredDeviceKeyTable } from './store/retired-device-key.table.ts';

export const recipientsDefinition: PartDefinition = {
  schema: 'recipients',
  tables: [
    RecipientTable,
    RecipientAliasTable,
    ExternalIdTable,
    ErasureTable,
    AddressTable,
    DeviceTable,
    RetiredDeviceKeyTable,
    IdentityProviderTable,
    AttestationPolicyTable,
    CapabilityTable,
    NumberCapabilityTable,
    CapabilityTtlTable,
    CapabilityOutcomeTable,
    PiiAccessTable,
  ],
  migrations: [init, capabilities, devices, piiAccess, deviceTrust, people, bounces, push],
  appendOnly: ['pii_access'],
  grants: {
    // What facts.ts and find-audience.ts read: recipientFacts and audiences for messages, consentSubjects and deviceOwners
    // for consent.
    messages: [
      {
        table: 'recipient',
        columns: [
          'tenant_id',
          'id',
          'locale',
          'time_zone',
          'region',
          'carrier',
          'preferred_channels',
          'opted_out_channels',
          'purpose_opt_outs',
          'quiet_hours',
          'feature_flags',
          'data_key',
          'data_key_id',
          'data_key_version',
        ],
      },
      {
        table: 'address',
        columns: [
          'tenant_id',
          'id',
          'recipient_id',
          'kind',
          'pseudonym',
          'sealed',
          'verified_at',
          'verification_method',
          'created_at',
          'bounced_at',
        ],
      },
      {
        table: 'capability',
        columns: [
          'tenant_id',
          'address_id',
          'channel',
          'supported',
          'native_e2ee',
          'features',
          'carrier',
          'source',
          'checked_at',
          'expires_at',
        ],
      },
      { table: 'device', columns: ['tenant_id', 'id', 'recipient_id', 'kid', 'jwk', 'state'] },
      {
        table: 'recipient_alias',
        columns: ['tenant_id', 'id', 'recipient_id', 'data_key', 'data_key_id', 'data_key_version'],
      },
    ],
    consent: [
      { table: 'recipient', columns: ['tenant_id', 'id', 'region'] },
      {
        table: 'address',
        columns: [
          'tenant_id',
          'id',
          'recipient_id',
          'kind',
          'pseudonym',
          'verified_at',
          'created_at',
        ],
      },
      { table: 'recipient_alias', columns: ['tenant_id', 'id', 'recipient_id'] },
      { table: 'device', columns: ['tenant_id', 'id', 'recipient_id'] },
      // What follow-merges.ts follows.
      { table: 'event', columns: LOG_COLUMNS },
    ],
    // What pseudonyms.ts and person-keys.ts read: whose number somebody wrote from, and what seals what they wrote.
    delivery: [
      { table: 'address', columns: ['tenant_id', 'recipient_id', 'pseudonym'] },
      {
        table: 'recipient',
        columns: ['tenant_id', 'id', 'data_key', 'data_key_id', 'data_key_version'],
      },
      {
        table: 'recipient_alias',
        columns: ['tenant_id', 'id', 'recipient_id', 'data_key', 'data_key_id', 'data_key_version'],
      },
      // What follow-people.ts follows.
      { table: 'event', columns: LOG_COLUMNS },
    ],
  },
  graphql: {
    resolvers: [
      RecipientResolver,
      DirectoryResolver,
      IdentityResolver,
      PeopleDataResolver,
      PushResolver,
      DeviceResolver,
      DeviceLifeResolver,
      RecoveryResolver,
      AttestationResolver,
      CapabilityResolver,
      ChannelsChangedSubscription,
    ],
    references: { Recipient: resolveRecipient },
  },
};

/** How often the stream looks when nobody wakes it. */
const TAIL_POLL_MS = 250;
/** Changes that a slow subscriber may be behind before its stream ends with a gap. */
const TAIL_BUFFER_MAX = 1_000;

export function createRecipients(deps: RecipientsDeps): Part {
  const work: RecipientsWork = {
    ...deps,
    dataKeys: createDataKeys(deps),
    attestation: createWebAuthnAttestation(),
  };
  const { database, bus, log } = deps;
  const lookUpNumbers = createLookUpNumbers(work);
  const tail = new LiveTail({
    database,
    source: database.schema,
    bus,
    log,
    pollMs: TAIL_POLL_MS,
    bufferMax: TAIL_BUFFER_MAX,
  });
  return {
    name: recipientsDefinition.schema,
    contextFor: (principal): RecipientsContext => {
      return {
        ...work,
        principal,
        tail,
        lookUpNumbers,
        loaders: createLoaders(work, principal),
      };
    },
    routes: [],
    uploads: [importFile(work)],
    jobs: [refreshStaleCapabilities(work), followFailures(work), watchMarkets(work)],
    start: () => tail.start(),
    ready: () => database.reachable(),
    close: async () => {
      await tail.stop();
      await database.close();
    },
  };
}
