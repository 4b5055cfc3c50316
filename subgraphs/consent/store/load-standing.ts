// Loads what stands for many questions at once: one index step a question, one statement for all.
import type { Transaction } from '../../../platform/database.ts';
import type { CaptureMethod, ConsentAction } from '../../../schema/vocabulary.ts';
import type { StandingConsent } from '../domain/consent-decision.ts';

export interface StandingKey {
  readonly tenantId: string;
  readonly subject: string;
  readonly purpose: string;
  readonly channel: string;
}

/** In the order of the keys; null where nothing was recorded. Reads with the role of `messages` too. */
export async function loadStanding(
  tx: Transaction,
  keys: readonly StandingKey[],
): Promise<(StandingConsent | null)[]> {
  if (keys.length === 0) return [];
  const rows = await tx.query<{
    place: number;
    consent_id: string;
    action: ConsentAction;
    method: CaptureMethod;
    expires_ms: number | null;
  }>(
    `select q.place::int, s.consent_id, s.action, s.method,
       extract(epoch from s.expires_at)::float8 * 1000 as expires_ms
     from unnest($1::text[], $2::text[], $3::text[], $4::text[]) with ordinality
       as q (tenant_id, subject, purpose, channel, place)
     join consent.consent_state s using (tenant_id, subject, purpose, channel)`,
    [
      keys.map((key) => key.tenantId),
      keys.map((key) => key.subject),
      keys.map((key) => key.purpose),
      keys.map((key) => key.channel),
    ],
  );
  const found = new Map(rows.map((row) => [row.place, row]));
  return keys.map((_, index) => {
    const row = found.get(index + 1);
    if (row === undefined) return null;
    const { consent_id: consentId, action, method, expires_ms: expiresAt } = row;
    return { consentId, action, method, expiresAt };
  });
}
