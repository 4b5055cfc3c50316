// Keeps sealed envelopes where the app or the secure page fetches them: one statement for a batch.
import type { GeneralJwe } from '../../../crypto/jwe.ts';
import type { Transaction } from '../../../platform/database.ts';

export interface SealedMessage {
  readonly tenantId: string;
  readonly messageId: string;
  readonly jwe: GeneralJwe;
  readonly expiresAt: number;
}

/** The newest envelope of a message replaces the one before: it is sealed to the devices of now. */
export async function saveEnvelopes(
  tx: Transaction,
  envelopes: readonly SealedMessage[],
): Promise<void> {
  await tx.query(
    `insert into messages.envelope (tenant_id, message_id, jwe, expires_at)
     select e.tenant_id, e.message_id, e.jwe, to_timestamp(e.expires_at / 1000.0)
     from unnest($1::text[], $2::uuid[], $3::jsonb[], $4::float8[])
       as e (tenant_id, message_id, jwe, expires_at)
     on conflict (tenant_id, message_id) do update set jwe = excluded.jwe, expires_at = excluded.expires_at`,
    [
      envelopes.map((envelope) => envelope.tenantId),
      envelopes.map((envelope) => envelope.messageId),
      envelopes.map((envelope) => JSON.stringify(envelope.jwe)),
      envelopes.map((envelope) => envelope.expiresAt),
    ],
  );
}
