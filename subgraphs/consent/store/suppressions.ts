// Entries of suppression lists: added once, found again, and lifted, which erases none.
import type { Transaction } from '../../../platform/database.ts';
import type { Channel, Purpose, SuppressionList } from '../../../schema/vocabulary.ts';

/** Times in milliseconds since 1970. */
export interface Suppression {
  readonly tenantId: string;
  readonly id: string;
  readonly subject: string;
  readonly list: SuppressionList;
  readonly region: string | null;
  readonly channel: Channel | null;
  readonly purpose: Purpose | null;
  readonly source: string;
  readonly actor: string;
  readonly from: number;
  readonly until: number | null;
  readonly recordedAt: number;
  readonly liftedAt: number | null;
}

const COLUMNS = `tenant_id as "tenantId", id, subject, list, region, channel, purpose, source, actor,
  round(extract(epoch from from_at) * 1000)::float8 as "from",
  round(extract(epoch from until_at) * 1000)::float8 as "until",
  round(extract(epoch from recorded_at) * 1000)::float8 as "recordedAt",
  round(extract(epoch from lifted_at) * 1000)::float8 as "liftedAt"`;

/** The standing entry for each given one, in their order: itself where it is new, an equal one of before otherwise. All
 *  are of one tenant, list, scope and source. Two statements for any number. */
export async function addSuppressions(
  tx: Transaction,
  entries: readonly Suppression[],
): Promise<readonly Suppression[]> {
  const [first] = entries;
  if (first === undefined) return [];
  await tx.query(
    `insert into consent.suppression
       (tenant_id, id, subject, list, region, channel, purpose, source, actor, from_at, until_at, recorded_at)
     select e."tenantId", e.id, e.subject, e.list, e.region, e.channel, e.purpose, e.source, e.actor,
       to_timestamp(e."from" / 1000), to_timestamp(e."until" / 1000), to_timestamp(e."recordedAt" / 1000)
     from json_to_recordset($1::json) as e ("tenantId" text, id uuid, subject text, list text, region text,
       channel text, purpose text, source text, actor text, "from" float8, "until" float8, "recordedAt" float8)
     on conflict (tenant_id, subject, list, region, channel, purpose, source, until_at)
       where lifted_at is null do nothing`,
    [JSON.stringify(entries)],
  );
  const standing = await tx.query<Suppression>(
    `select ${COLUMNS} from consent.suppression
     where tenant_id = $1 and subject = any($2::text[]) and list = $3 and region is not distinct from $4
       and channel is not distinct from $5 and purpose is not distinct from $6 and source = $7
       and lifted_at is null`,
    [
      first.tenantId,
      entries.map(({ subject }) => subject),
      first.list,
      first.region,
      first.channel,
      first.purpose,
      first.source,
    ],
  );
  const placeOf = ({ subject, until }: Suppression): string => `${subject} ${until}`;
  const byPlace = new Map(standing.map((entry) => [placeOf(entry), entry]));
  return entries.map((entry) => byPlace.get(placeOf(entry)) ?? entry);
}

/** The entry as it is after it was lifted, by this call or an earlier one; null when the tenant has none with the id. */
export async function liftSuppressionRow(
  tx: Transaction,
  { tenantId, id, actor, now }: { tenantId: string; id: string; actor: string; now: number },
): Promise<{ readonly entry: Suppression; readonly replayed: boolean } | null> {
  const [lifted] = await tx.query<Suppression>(
    `update consent.suppression set lifted_at = to_timestamp($3 / 1000.0), lifted_by = $4
     where tenant_id = $1 and id = $2 and lifted_at is null returning ${COLUMNS}`,
    [tenantId, id, now, actor],
  );
  if (lifted !== undefined) return { entry: lifted, replayed: false };
  const [entry] = await tx.query<Suppression>(
    `select ${COLUMNS} from consent.suppression where tenant_id = $1 and id = $2`,
    [tenantId, id],
  );
  return entry === undefined ? null : { entry, replayed: true };
}

/** In the order of their recording; one more than the limit, where there is one more. Null: whatever it is. */
export function findSuppressions(
  tx: Transaction,
  tenantId: string,
  by: {
    readonly list: SuppressionList | null;
    readonly region: string | null;
    readonly isStanding: boolean | null;
    /** UUID of the entry before. */
    readonly after: string | null;
    readonly limit: number;
  },
): Promise<Suppression[]> {
  return tx.query<Suppression>(
    `select ${COLUMNS} from consent.suppression
     where tenant_id = $1 and ($2::uuid is null or id > $2) and ($3::text is null or list = $3)
       and ($4::text is null or region = $4) and ($5::boolean is null or (lifted_at is null) = $5)
     order by id limit $6`,
    [tenantId, by.after, by.list, by.region, by.isStanding, by.limit + 1],
  );
}
