// One-time codes as rows: counted before one is issued, locked while one is tried.
import type { Transaction } from '../../../platform/database.ts';
import type { CodeLimit, CodeState } from '../domain/one-time-code.ts';

export interface NewCode {
  readonly tenantId: string;
  readonly messageId: string;
  readonly recipientId: string;
  readonly requestDigest: string;
  readonly area: Uint8Array | null;
  readonly mac: Uint8Array;
  readonly keyVersion: number;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
  readonly createdAt: number;
}

export interface StoredCode extends CodeState {
  readonly requestDigest: string;
  readonly mac: Uint8Array;
  readonly keyVersion: number;
}

const ms = (column: string): string => `round(extract(epoch from ${column}) * 1000)::float8`;

/** Until the transaction ends nobody else issues a code to this person: two at once would both be the last one. */
export async function lockCodesOf(
  tx: Transaction,
  tenantId: string,
  recipientId: string,
): Promise<void> {
  await lock(tx, ['recipient', tenantId, recipientId]);
}

/** The same around a number. Taken after the person's, by everybody: nobody waits in a circle. */
export async function lockArea(tx: Transaction, tenantId: string, area: Uint8Array): Promise<void> {
  await lock(tx, ['area', tenantId, Buffer.from(area).toString('base64')]);
}

async function lock(tx: Transaction, of: readonly string[]): Promise<void> {
  await tx.query('select pg_advisory_xact_lock(hashtextextended($1, 1))', [JSON.stringify(of)]);
}

/** When codes were issued, newest first and no more than the limit: to the person, and around the number. */
export async function findIssueTimes(
  tx: Transaction,
  tenantId: string,
  of: { readonly recipientId: string; readonly area: Uint8Array | null },
  limits: { readonly recipient: CodeLimit; readonly area: CodeLimit },
): Promise<{ readonly recipient: readonly number[]; readonly area: readonly number[] }> {
  const [row] = await tx.query<{ recipient: number[]; area: number[] }>(
    `select array(select ${ms('created_at')} from messages.one_time_code
         where tenant_id = $1 and recipient_id = $2 order by created_at desc limit $4) as recipient,
       array(select ${ms('created_at')} from messages.one_time_code
         where tenant_id = $1 and area = $3 order by created_at desc limit $5) as area`,
    [tenantId, of.recipientId, of.area, limits.recipient.count, limits.area.count],
  );
  return row ?? { recipient: [], area: [] };
}

export async function insertCode(tx: Transaction, code: NewCode): Promise<void> {
  await tx.query(
    `insert into messages.one_time_code
       (tenant_id, message_id, recipient_id, request_digest, area, mac, key_version, expires_at, created_at)
     values ($1, $2, $3, $4, $5, $6, $7, to_timestamp($8 / 1000.0), to_timestamp($9 / 1000.0))`,
    [
      code.tenantId,
      code.messageId,
      code.recipientId,
      code.requestDigest,
      code.area,
      code.mac,
      code.keyVersion,
      code.expiresAt,
      code.createdAt,
    ],
  );
}

/** Locked until the transaction ends, so that tries come one after the other; null when the tenant has none. */
export async function lockCode(
  tx: Transaction,
  tenantId: string,
  messageId: string,
): Promise<StoredCode | null> {
  const [row] = await tx.query<StoredCode>(
    `select request_digest as "requestDigest", mac, key_version as "keyVersion", tries, ${ms('verified_at')} as "verifiedAt",
       ${ms('expires_at')} as "expiresAt"
     from messages.one_time_code where tenant_id = $1 and message_id = $2 for update`,
    [tenantId, messageId],
  );
  return row ?? null;
}

export async function saveTry(
  tx: Transaction,
  { tenantId, messageId }: { readonly tenantId: string; readonly messageId: string },
  { tries, verifiedAt }: CodeState,
): Promise<void> {
  await tx.query(
    `update messages.one_time_code set tries = $3, verified_at = to_timestamp($4::float8 / 1000.0)
     where tenant_id = $1 and message_id = $2`,
    [tenantId, messageId, tries, verifiedAt],
  );
}
