// Loads addresses with the wrapped key of their owner and what is known of their channels: one statement for many.
import type { Wrapped } from '../../../crypto/kms.ts';
import type { Transaction } from '../../../platform/database.ts';
import type { AddressKind, Channel, VerificationMethod } from '../../../schema/vocabulary.ts';
import type { CheckedCapability } from '../domain/capability.ts';
import { ADDRESS_ORDER, ASKED_PEOPLE } from './asked-people.ts';
import { readCapability, type CapabilityColumns } from './capability-columns.ts';

/** Times in milliseconds since 1970. */
export interface StoredAddress {
  readonly tenantId: string;
  readonly id: string;
  readonly recipientId: string;
  /** The owner's; null where it is not known. */
  readonly region: string | null;
  readonly kind: AddressKind;
  readonly pseudonym: string;
  readonly sealed: Buffer;
  readonly verifiedAt: number | null;
  readonly verificationMethod: VerificationMethod | null;
  /** When a mail server or a push service said that the address does not exist; null otherwise. */
  readonly bouncedAt: number | null;
  readonly dataKey: Wrapped;
  readonly capabilities: ReadonlyMap<Channel, CheckedCapability>;
}

interface CapabilityJson extends CapabilityColumns {
  channel: Channel;
}

interface Row {
  id: string;
  recipient_id: string;
  region: string | null;
  kind: AddressKind;
  pseudonym: string;
  sealed: Buffer;
  verified_ms: number | null;
  verification_method: VerificationMethod | null;
  bounced_ms: number | null;
  data_key: Buffer;
  data_key_id: string;
  data_key_version: number;
  capabilities: CapabilityJson[] | null;
}

const ADDRESS = `select a.tenant_id, a.id, a.recipient_id, a.kind, a.pseudonym, a.sealed, a.verified_at,
  a.verification_method, a.created_at, a.bounced_at from recipients.address a where a.tenant_id = $1`;
const OF_PEOPLE = `(select distinct id from ${ASKED_PEOPLE} people) asked
  cross join lateral (${ADDRESS} and a.recipient_id = asked.id offset 0)`;
const BY_ID = `(select distinct id from unnest($2::uuid[]) as given (id)) asked
  cross join lateral (${ADDRESS} and a.id = asked.id offset 0)`;

/** The addresses of these people, or those with these ids (UUIDs): of each kind the one to use first. Reads with the role
 *  of `messages` too. */
export async function loadAddresses(
  tx: Transaction,
  tenantId: string,
  by: { readonly recipientIds: readonly string[] } | { readonly addressIds: readonly string[] },
): Promise<StoredAddress[]> {
  const [wanted, ids] =
    'recipientIds' in by ? [OF_PEOPLE, by.recipientIds] : [BY_ID, by.addressIds];
  if (ids.length === 0) return [];
  const rows = await tx.query<Row>(
    `select a.id, a.recipient_id, r.region, a.kind, a.pseudonym, a.sealed,
       extract(epoch from a.verified_at)::float8 * 1000 as verified_ms, a.verification_method,
       extract(epoch from a.bounced_at)::float8 * 1000 as bounced_ms,
       r.data_key, r.data_key_id, r.data_key_version,
       (select json_agg(json_build_object('channel', c.channel, 'supported', c.supported,
           'native_e2ee', c.native_e2ee, 'features', c.features, 'carrier', c.carrier,
           'source', c.source, 'checked_ms', extract(epoch from c.checked_at)::float8 * 1000,
           'expires_ms', extract(epoch from c.expires_at)::float8 * 1000))
        from recipients.capability c where c.tenant_id = a.tenant_id and c.address_id = a.id
       ) as capabilities
     from ${wanted} a
     cross join lateral (
       select r.region, r.data_key, r.data_key_id, r.data_key_version
       from recipients.recipient r where r.tenant_id = $1 and r.id = a.recipient_id offset 0
     ) r
     order by ${ADDRESS_ORDER}`,
    [tenantId, ids],
  );
  return rows.map((row) => ({
    tenantId,
    id: row.id,
    recipientId: row.recipient_id,
    region: row.region,
    kind: row.kind,
    pseudonym: row.pseudonym,
    sealed: row.sealed,
    verifiedAt: row.verified_ms === null ? null : Math.round(row.verified_ms),
    verificationMethod: row.verification_method,
    bouncedAt: row.bounced_ms === null ? null : Math.round(row.bounced_ms),
    dataKey: {
      keyId: row.data_key_id,
      version: row.data_key_version,
      ciphertext: row.data_key,
    },
    capabilities: new Map(
      row.capabilities?.flatMap((stored) => {
        const capability = readCapability(stored);
        return capability === null ? [] : [[stored.channel, capability] as const];
      }),
    ),
  }));
}
