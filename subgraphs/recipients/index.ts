// Recipients: who may be messaged, at which addresses, on which devices, and what each channel can do.
import type { Part, PartDefinition } from '../../platform/part.ts';
import type { RecipientsContext } from './context.ts';
import type { RecipientsDeps, RecipientsWork } from './deps.ts';
import { createDataKeys } from './data-keys.ts';
import { DeviceResolver } from './graphql/device.resolver.ts';
import { createLoaders } from './graphql/loaders.ts';
import { RecipientResolver, resolveRecipient } from './graphql/recipient.resolver.ts';
import { refreshStaleCapabilities } from './jobs/refresh-stale-capabilities.ts';
import { AddressTable } from './store/address.table.ts';
import { CapabilityTable } from './store/capability.table.ts';
import { DeviceTable } from './store/device.table.ts';
import { init } from './store/migrations/0001-init.ts';
import { RecipientTable } from './store/recipient.table.ts';

export const recipientsDefinition: PartDefinition = {
  schema: 'recipients',
  tables: [RecipientTable, AddressTable, DeviceTable, CapabilityTable],
  migrations: [init],
  appendOnly: [],
  grants: {
    // What facts.ts reads: recipientFacts for messages, consentSubjects for consent.
    messages: [
      {
        table: 'recipient',
        columns: [
          'tenant_id',
          'id',
          'locale',
          'time_zone',
          'region',
          'preferred_channels',
          'opted_out_channels',
          'data_key',
          'data_key_id',
          'data_key_version',
        ],
      },
      {
        table: 'address',
        columns: ['tenant_id', 'id', 'recipient_id', 'kind', 'pseudonym', 'sealed', 'verified_at'],
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
    ],
    consent: [
      { table: 'recipient', columns: ['tenant_id', 'id'] },
      { table: 'address', columns: ['tenant_id', 'recipient_id', 'kind', 'pseudonym'] },
    ],
  },
  graphql: {
    resolvers: [RecipientResolver, DeviceResolver],
    references: { Recipient: resolveRecipient },
  },
};

export function createRecipients(deps: RecipientsDeps): Part {
  const work: RecipientsWork = { ...deps, dataKeys: createDataKeys(deps) };
  return {
    name: recipientsDefinition.schema,
    contextFor: (principal): RecipientsContext => {
      return { ...work, principal, loaders: createLoaders(work, principal.tenantId) };
    },
    routes: [],
    jobs: [refreshStaleCapabilities(work)],
    ready: () => deps.database.reachable(),
    close: () => deps.database.close(),
  };
}
