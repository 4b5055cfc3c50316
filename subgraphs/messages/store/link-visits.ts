// Visits of secure links as rows: a browser that asked for a code, and since the code was right one that sees the message.
import type { Transaction } from '../../../platform/database.ts';
import type { Channel } from '../../../schema/vocabulary.ts';

/** Times in milliseconds since 1970. */
export interface LinkVisit {
  readonly tenantId: string;
  /** `visitMac` of the visitor. */
  readonly visitor: Uint8Array;
  readonly messageId: string;
  readonly attemptId: string;
  readonly codeMessageId: string;
  readonly codeChannel: Channel;
  readonly verifiedAt: number | null;
  readonly expiresAt: number;
  readonly createdAt: number;
}

const ms = (column: string): string => `round(extract(epoch from ${column}) * 1000)::float8`;
const COLUMNS = `tenant_id as "tenantId", visitor, message_id as "messageId", attempt_id as "attemptId",
  code_message_id as "codeMessageId", code_channel as "codeChannel", ${ms('verified_at')} as "verifiedAt",
  ${ms('expires_at')} as "expiresAt", ${ms('created_at')} as "createdAt"`;

interface Key {
  readonly tenantId: string;
  readonly visitor: Uint8Array;
}

export async function findVisit(tx: Transaction, key: Key): Promise<LinkVisit | null> {
  const [row] = await tx.query<LinkVisit>(
    `select ${COLUMNS} from messages.link_visit where tenant_id = $1 and visitor = $2`,
    [key.tenantId, key.visitor],
  );
  return row ?? null;
}

/** Locked until the transaction ends: a visitor's deeds come one after the other. */
export async function lockVisit(tx: Transaction, key: Key): Promise<LinkVisit | null> {
  const [row] = await tx.query<LinkVisit>(
    `select ${COLUMNS} from messages.link_visit where tenant_id = $1 and visitor = $2 for update`,
    [key.tenantId, key.visitor],
  );
  return row ?? null;
}

/** Writes a visit; one with the same visitor is replaced. */
export async function saveVisit(tx: Transaction, visit: LinkVisit): Promise<void> {
  await tx.query(
    `insert into messages.link_visit (tenant_id, visitor, message_id, attempt_id, code_message_id, code_channel,
       verified_at, expires_at, created_at)
     values ($1, $2, $3, $4, $5, $6, to_timestamp($7::float8 / 1000.0), to_timestamp($8 / 1000.0),
       to_timestamp($9 / 1000.0))
     on conflict (tenant_id, visitor) do update set code_message_id = excluded.code_message_id,
       code_channel = excluded.code_channel, verified_at = excluded.verified_at,
       expires_at = excluded.expires_at, created_at = excluded.created_at`,
    [
      visit.tenantId,
      visit.visitor,
      visit.messageId,
      visit.attemptId,
      visit.codeMessageId,
      visit.codeChannel,
      visit.verifiedAt,
      visit.expiresAt,
      visit.createdAt,
    ],
  );
}

export async function removeVisit(tx: Transaction, key: Key): Promise<void> {
  await tx.query('delete from messages.link_visit where tenant_id = $1 and visitor = $2', [
    key.tenantId,
    key.visitor,
  ]);
}
