// What was handed over to people: the last message that a text may answer, and when messages were accepted.
import type { Transaction } from '../../../platform/database.ts';
import type { Channel } from '../../../schema/vocabulary.ts';

/** A text of one of several owners of its number. Times in milliseconds since 1970. */
export interface HandedOverQuestion {
  readonly tenantId: string;
  readonly recipientId: string;
  readonly channel: Channel;
  readonly since: number;
  readonly until: number;
}

export interface HandedOver {
  readonly messageId: string;
  /** In milliseconds since 1970, with fractions. */
  readonly at: number;
}

/** In the order of the questions: the last one that a provider took for the person on the channel, or null. */
export async function findLastHandedOver(
  tx: Transaction,
  questions: readonly HandedOverQuestion[],
): Promise<readonly (HandedOver | null)[]> {
  if (questions.length === 0) return [];
  const rows = await tx.query<{ number: number; messageId: string; at: number }>(
    `select q.number::int, e.message_id as "messageId", e.at
     from unnest($1::text[], $2::uuid[], $3::text[], $4::float8[], $5::float8[]) with ordinality
       as q (tenant_id, recipient_id, channel, since, until, number)
     cross join lateral (
       select e.message_id, extract(epoch from e.occurred_at)::float8 * 1000 as at
       from delivery.delivery_event e
       where e.tenant_id = q.tenant_id and e.recipient_id = q.recipient_id and e.channel = q.channel
         and e.type = 'SENT' and e.occurred_at between to_timestamp(q.since / 1000.0)
           and to_timestamp(q.until / 1000.0)
       order by e.occurred_at desc limit 1 offset 0
     ) e`,
    [
      questions.map((question) => question.tenantId),
      questions.map((question) => question.recipientId),
      questions.map((question) => question.channel),
      questions.map((question) => question.since),
      questions.map((question) => question.until),
    ],
  );
  const byNumber = new Map(rows.map(({ number, ...found }) => [number, found]));
  return questions.map((_, index) => byNumber.get(index + 1) ?? null);
}

/** By dedupe key of the event (see receipt-status.ts): when it occurred, in milliseconds since 1970. */
export async function findOccurrences(
  tx: Transaction,
  keys: readonly { readonly tenantId: string; readonly dedupeKey: string }[],
): Promise<ReadonlyMap<string, number>> {
  const rows = await tx.query<{ dedupe_key: string; at: number }>(
    `select e.dedupe_key, round(extract(epoch from e.occurred_at) * 1000)::float8 as at
     from unnest($1::text[], $2::text[]) as k (tenant_id, dedupe_key)
     cross join lateral (
       select e.dedupe_key, e.occurred_at from delivery.delivery_event e
       where e.tenant_id = k.tenant_id and e.dedupe_key = k.dedupe_key offset 0
     ) e`,
    [keys.map(({ tenantId }) => tenantId), keys.map(({ dedupeKey }) => dedupeKey)],
  );
  return new Map(rows.map((row) => [row.dedupe_key, row.at]));
}
