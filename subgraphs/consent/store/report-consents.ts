// Reads the log and the state for reports: what stood for whom at a time, what one person said, what changed in a period.
import type { Transaction } from '../../../platform/database.ts';
import type { Channel, Purpose } from '../../../schema/vocabulary.ts';
import type { LoggedRecord } from '../domain/consent-record.ts';
import { COLUMNS, firstIdAt, toRecord, type RecordRow } from './find-records.ts';

/** What a report is about, and which subjects it looks at: those behind one, in their order, at most a number of them. */
export interface SubjectPage {
  readonly tenantId: string;
  readonly purpose: Purpose;
  readonly channel: Channel;
  readonly after: string | null;
  readonly limit: number;
}

/** All that was recorded up to a time (milliseconds since 1970), in the order of subjects and then of the log. */
export async function findRecordedUpTo(
  tx: Transaction,
  { tenantId, purpose, channel, after, limit }: SubjectPage,
  at: number,
): Promise<LoggedRecord[]> {
  const rows = await tx.query<RecordRow>(
    `with page as (
       select distinct subject from consent.consent_event
       where tenant_id = $1 and purpose = $2 and channel = $3 and subject > $4
         and recorded_at <= to_timestamp($5 / 1000.0)
       order by subject limit $6
     )
     select ${COLUMNS} from page p join consent.consent_event e on e.tenant_id = $1 and e.subject = p.subject
       and e.purpose = $2 and e.channel = $3 and e.recorded_at <= to_timestamp($5 / 1000.0)
     order by e.subject, e.log_index`,
    [tenantId, purpose, channel, after ?? '', at, limit],
  );
  return rows.map(toRecord);
}

/** The subjects of which a grant stands, in their order. Whether it permits anything is for the gate to say. */
export async function findGrantedSubjects(
  tx: Transaction,
  { tenantId, purpose, channel, after, limit }: SubjectPage,
): Promise<string[]> {
  const rows = await tx.query<{ subject: string }>(
    `select distinct subject from consent.consent_state
     where tenant_id = $1 and purpose = $2 and channel = $3 and action = 'GRANTED' and subject > $4
     order by subject limit $5`,
    [tenantId, purpose, channel, after ?? '', limit],
  );
  return rows.map(({ subject }) => subject);
}

/** What was recorded of a person, by the person's UUID and by the pseudonyms of the addresses, in the order of the log. */
export async function findHistory(
  tx: Transaction,
  tenantId: string,
  by: {
    readonly recipientId: string;
    readonly subjects: readonly string[];
    /** The place in the log of the entry before. */
    readonly after: bigint | null;
    readonly limit: number;
  },
): Promise<LoggedRecord[]> {
  const rows = await tx.query<RecordRow>(
    `select ${COLUMNS} from consent.consent_event e
     where e.tenant_id = $1 and (e.recipient_id = $2 or e.subject = any($3::text[])) and e.log_index > $4
     order by e.log_index limit $5`,
    [tenantId, by.recipientId, by.subjects, String(by.after ?? -1n), by.limit],
  );
  return rows.map(toRecord);
}

/** How many people changed their mind, before and since `from`. */
export interface OptOuts {
  readonly purpose: Purpose;
  readonly channel: Channel;
  readonly optOutCount: number;
  readonly optOutCountBefore: number;
  readonly optInCount: number;
  readonly optInCountBefore: number;
}

/** How long after a record's time its id may be made. */
const ID_LATE_MS = 3_600_000;

/** By purpose and channel: people counted from `from` until `to`, and in the time as long before. Milliseconds since 1970.
 *  Reads the records of both times and no other: their ids begin with their time. */
export function countOptOuts(
  tx: Transaction,
  tenantId: string,
  { from, to }: { readonly from: number; readonly to: number },
): Promise<OptOuts[]> {
  const before = from - (to - from);
  const count = (action: string, when: string) =>
    `count(distinct subject) filter (where action = '${action}' and recorded_at ${when} to_timestamp($3 / 1000.0))::int`;
  return tx.query<OptOuts>(
    `select purpose, channel,
       ${count('WITHDRAWN', '>=')} as "optOutCount", ${count('WITHDRAWN', '<')} as "optOutCountBefore",
       ${count('GRANTED', '>=')} as "optInCount", ${count('GRANTED', '<')} as "optInCountBefore"
     from consent.consent_event
     where tenant_id = $1 and id >= $5::uuid and id < $6::uuid
       and recorded_at >= to_timestamp($2 / 1000.0) and recorded_at < to_timestamp($4 / 1000.0)
     group by purpose, channel order by purpose, channel`,
    [tenantId, before, from, to, firstIdAt(before), firstIdAt(to + ID_LATE_MS)],
  );
}
