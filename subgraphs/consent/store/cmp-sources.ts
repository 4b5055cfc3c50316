// The consent management platforms that a tenant listens to: one of each format, read for every event.
import type { Transaction } from '../../../platform/database.ts';
import type { CmpFormat, Regulation } from '../../../schema/vocabulary.ts';
import type { PurposeMeaning } from '../domain/cmp/purposes.ts';

/** A wrapped key or secret as JSON. */
export interface StoredSecret {
  readonly keyId: string;
  readonly version: number;
  /** base64 */
  readonly ciphertext: string;
}

export interface CmpSource {
  readonly tenantId: string;
  readonly format: CmpFormat;
  /** Newest first, at most two; none where the sender signs with keys of its own. */
  readonly secrets: readonly StoredSecret[];
  /** JWKs. */
  readonly publicKeys: readonly object[];
  readonly purposes: readonly PurposeMeaning[];
  /** What stands where an event says nothing. */
  readonly regulation: Regulation;
  readonly jurisdiction: string;
  readonly policyVersion: string;
  /** Milliseconds since 1970. */
  readonly changedAt: number;
}

const COLUMNS = `tenant_id as "tenantId", format, secrets, public_keys as "publicKeys", purposes, regulation, jurisdiction,
  policy_version as "policyVersion", round(extract(epoch from changed_at) * 1000)::float8 as "changedAt"`;

export async function findCmpSources(tx: Transaction, tenantId: string): Promise<CmpSource[]> {
  const sql = `select ${COLUMNS} from consent.cmp_source where tenant_id = $1 order by format`;
  return tx.query<CmpSource>(sql, [tenantId]);
}

export async function saveCmpSource(tx: Transaction, source: CmpSource): Promise<void> {
  await tx.query(
    `insert into consent.cmp_source
       (tenant_id, format, secrets, public_keys, purposes, regulation, jurisdiction, policy_version, changed_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, to_timestamp($9 / 1000.0))
     on conflict (tenant_id, format) do update set
       secrets = excluded.secrets, public_keys = excluded.public_keys, purposes = excluded.purposes,
       regulation = excluded.regulation, jurisdiction = excluded.jurisdiction,
       policy_version = excluded.policy_version, changed_at = excluded.changed_at`,
    [
      source.tenantId,
      source.format,
      JSON.stringify(source.secrets),
      JSON.stringify(source.publicKeys),
      JSON.stringify(source.purposes),
      source.regulation,
      source.jurisdiction,
      source.policyVersion,
      source.changedAt,
    ],
  );
}
