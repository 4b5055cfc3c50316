// Loads what decides many questions at once: suppressions and what stands, two index steps a question, one statement.
import type { Transaction } from '../../../platform/database.ts';
import type { CaptureMethod, ConsentAction, Regulation } from '../../../schema/vocabulary.ts';
import type { ConsentFacts } from '../domain/consent-decision.ts';

export interface StandingKey {
  readonly tenantId: string;
  readonly subject: string;
  readonly purpose: string;
  readonly channel: string;
  readonly region: string | null;
}

interface Row {
  readonly place: number;
  readonly suppressed: boolean;
  readonly consent_id: string | null;
  readonly action: ConsentAction;
  readonly method: CaptureMethod;
  readonly regulation: Regulation;
  readonly policy_version: string;
  readonly occurred_ms: number;
  readonly recorded_ms: number;
  readonly expires_ms: number | null;
}

/** In the order of the keys. A list of a region covers its parts, and whoever may live there because their own region,
 *  or the part of it, is not known. now: milliseconds since 1970. Reads with the role of `messages` too. */
export async function loadStanding(
  tx: Transaction,
  keys: readonly StandingKey[],
  now: number,
): Promise<ConsentFacts[]> {
  if (keys.length === 0) return [];
  const rows = await tx.query<Row>(
    `select q.place::int, x.suppressed, s.consent_id, s.action, s.method, s.regulation, s.policy_version,
       extract(epoch from s.occurred_at)::float8 * 1000 as occurred_ms,
       extract(epoch from s.recorded_at)::float8 * 1000 as recorded_ms,
       extract(epoch from s.expires_at)::float8 * 1000 as expires_ms
     from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[]) with ordinality
       as q (tenant_id, subject, purpose, channel, region, place)
     cross join lateral (
       select exists (
         select from consent.suppression e
         where e.tenant_id = q.tenant_id and e.subject = q.subject and e.lifted_at is null
           and (e.channel is null or e.channel = q.channel)
           and (e.purpose is null or e.purpose = q.purpose)
           and (e.region is null or q.region is null or e.region in (q.region, split_part(q.region, '-', 1))
             or split_part(e.region, '-', 1) = q.region)
           and e.from_at <= to_timestamp($6 / 1000.0)
           and (e.until_at is null or e.until_at > to_timestamp($6 / 1000.0))
       ) as suppressed
     ) x
     left join lateral (
       select s.consent_id, s.action, s.method, s.regulation, s.policy_version, s.occurred_at, s.recorded_at,
         s.expires_at
       from consent.consent_state s where s.tenant_id = q.tenant_id and s.subject = q.subject
         and s.purpose = q.purpose and s.channel = q.channel offset 0
     ) s on true`,
    [
      keys.map((key) => key.tenantId),
      keys.map((key) => key.subject),
      keys.map((key) => key.purpose),
      keys.map((key) => key.channel),
      keys.map((key) => key.region),
      now,
    ],
  );
  const byPlace = Map.groupBy(rows, (row) => row.place);
  return keys.map((_, index) => {
    const found = byPlace.get(index + 1) ?? [];
    // Every question has a row; one that went missing would be no answer, and no answer is a no.
    return { suppressed: found[0]?.suppressed ?? true, standing: found.flatMap(standingOf) };
  });
}

function standingOf(row: Row): ConsentFacts['standing'] {
  const { consent_id: consentId, action, method, regulation, policy_version: policyVersion } = row;
  if (consentId === null) return [];
  return [
    {
      consentId,
      action,
      method,
      regulation,
      policyVersion,
      occurredAt: Math.round(row.occurred_ms),
      recordedAt: Math.round(row.recorded_ms),
      expiresAt: row.expires_ms === null ? null : Math.round(row.expires_ms),
    },
  ];
}
