// Counts what became of predictions, and sums it up by market: one statement each.
import type { Transaction } from '../../../platform/database.ts';
import type { Channel, Tristate } from '../../../schema/vocabulary.ts';
import type { MarketDays } from '../domain/market-drop.ts';

export interface Outcome {
  readonly tenantId: string;
  /** Milliseconds since 1970. */
  readonly occurredAt: number;
  readonly channel: Channel;
  readonly region: string | null;
  readonly carrier: string | null;
  readonly predicted: Tristate;
  readonly reached: boolean;
}

export async function countOutcomes(tx: Transaction, outcomes: readonly Outcome[]): Promise<void> {
  if (outcomes.length === 0) return;
  await tx.query(
    `insert into recipients.capability_outcome
       (tenant_id, day, channel, region, carrier, predicted, reached, outcome_count)
     select tenant_id, (to_timestamp(occurred_ms / 1000) at time zone 'UTC')::date, channel,
       region, carrier, predicted, reached, count(*)
     from unnest($1::text[], $2::float8[], $3::text[], $4::text[], $5::text[], $6::text[], $7::boolean[])
       as o (tenant_id, occurred_ms, channel, region, carrier, predicted, reached)
     group by 1, 2, 3, 4, 5, 6, 7 order by 1, 2, 3, 4, 5, 6, 7
     on conflict (tenant_id, day, channel, region, carrier, predicted, reached)
     do update set outcome_count = capability_outcome.outcome_count + excluded.outcome_count`,
    [
      outcomes.map((outcome) => outcome.tenantId),
      outcomes.map((outcome) => outcome.occurredAt),
      outcomes.map((outcome) => outcome.channel),
      outcomes.map((outcome) => outcome.region ?? ''),
      outcomes.map((outcome) => outcome.carrier ?? ''),
      outcomes.map((outcome) => outcome.predicted),
      outcomes.map((outcome) => outcome.reached),
    ],
  );
}

export interface MarketAccuracy {
  readonly region: string | null;
  readonly carrier: string | null;
  readonly truePositiveCount: number;
  readonly falsePositiveCount: number;
  readonly trueNegativeCount: number;
  readonly falseNegativeCount: number;
  readonly unpredictedCount: number;
}

/** Of the days from `from` up to and with `to`, UTC. */
export async function loadAccuracy(
  tx: Transaction,
  tenantId: string,
  { channel, from, to }: { readonly channel: Channel; readonly from: Date; readonly to: Date },
): Promise<MarketAccuracy[]> {
  const count = (predicted: Tristate, reached?: boolean): string =>
    `coalesce(sum(outcome_count) filter (where predicted = '${predicted}'${
      reached === undefined ? '' : ` and reached = ${reached}`
    }), 0)::int`;
  return tx.query<MarketAccuracy>(
    `select nullif(region, '') as region, nullif(carrier, '') as carrier,
       ${count('YES', true)} as "truePositiveCount", ${count('YES', false)} as "falsePositiveCount",
       ${count('NO', false)} as "trueNegativeCount", ${count('NO', true)} as "falseNegativeCount",
       ${count('UNKNOWN')} as "unpredictedCount"
     from recipients.capability_outcome
     where tenant_id = $1 and channel = $2
       and day between ($3::timestamptz at time zone 'UTC')::date and ($4::timestamptz at time zone 'UTC')::date
     group by 1, 2 order by 1 nulls last, 2 nulls last`,
    [tenantId, channel, from, to],
  );
}

/** Today, in UTC, and the seven days before: of everybody who was believed capable, by market. tenantId null: of all
 *  tenants, in a transaction across them. now: milliseconds since 1970. */
export function loadMarketDays(
  tx: Transaction,
  tenantId: string | null,
  { channel, now }: { readonly channel: Channel; readonly now: number },
): Promise<(MarketDays & { readonly tenantId: string })[]> {
  const today = `(to_timestamp($2::float8 / 1000) at time zone 'UTC')::date`;
  const count = (when: string, which = 'true'): string =>
    `coalesce(sum(outcome_count) filter (where day ${when} ${today} and ${which}), 0)::int`;
  return tx.query(
    `select tenant_id as "tenantId", nullif(region, '') as region, nullif(carrier, '') as carrier,
       ${count('=', 'reached')} as "reachedCount", ${count('=')} as "triedCount",
       ${count('<', 'reached')} as "reachedCountBefore", ${count('<')} as "triedCountBefore"
     from recipients.capability_outcome
     where ($3::text is null or tenant_id = $3) and channel = $1 and predicted = 'YES' and day between ${today} - 7 and ${today}
     group by tenant_id, 2, 3 order by tenant_id, 2 nulls last, 3 nulls last`,
    [channel, now, tenantId],
  );
}
