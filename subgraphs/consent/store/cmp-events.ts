// Events of consent management platforms: each kept once, as its digest and its sealed bytes.
import type { Transaction } from '../../../platform/database.ts';
import type { CmpFormat } from '../../../schema/vocabulary.ts';
import type { StoredSecret } from './cmp-sources.ts';

export interface CmpEventRow {
  readonly tenantId: string;
  readonly id: string;
  readonly format: CmpFormat;
  /** The sender's. */
  readonly eventId: string;
  /** SHA-256 of the body. */
  readonly bodyDigest: Buffer;
  /** What came, verbatim; `wrapped` is the key that opens it. */
  readonly sealed: Buffer;
  readonly wrapped: StoredSecret;
  readonly subject: string;
  readonly outcome: 'RECORDED' | 'NOTHING_TO_RECORD';
  /** Milliseconds since 1970. */
  readonly receivedAt: number;
}

/** Null when it is new and was inserted; otherwise the digest that came with this id before. A twin that is being
 *  inserted is waited for. */
export async function insertCmpEvent(tx: Transaction, event: CmpEventRow): Promise<Buffer | null> {
  const fresh = await tx.query(
    `insert into consent.cmp_event
       (tenant_id, id, format, event_id, body_digest, sealed, wrapped, subject, outcome, received_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, to_timestamp($10 / 1000.0))
     on conflict (tenant_id, format, event_id) do nothing returning 1`,
    [
      event.tenantId,
      event.id,
      event.format,
      event.eventId,
      event.bodyDigest,
      event.sealed,
      JSON.stringify(event.wrapped),
      event.subject,
      event.outcome,
      event.receivedAt,
    ],
  );
  if (fresh.length > 0) return null;
  const [earlier] = await tx.query<{ body_digest: Buffer }>(
    `select body_digest from consent.cmp_event where tenant_id = $1 and format = $2 and event_id = $3`,
    [event.tenantId, event.format, event.eventId],
  );
  return earlier?.body_digest ?? null;
}
