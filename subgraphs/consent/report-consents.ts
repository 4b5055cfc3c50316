// Reports for auditors: who had consented at a time, what one person said, and whom a campaign may reach.
import { fillPage, pageOf, type Page, type PageRequest, type Scan } from '../../platform/page.ts';
import { publicId, uuidOf } from '../../schema/ids.ts';
import type { Channel, Purpose } from '../../schema/vocabulary.ts';
import { decideConsents } from './decide-consents.ts';
import type { ConsentDeps } from './deps.ts';
import type { LoggedRecord } from './domain/consent-record.ts';
import { foldConsent } from './domain/consent-state.ts';
import { placeOf } from './store/find-records.ts';
import { findGrantedSubjects, findHistory, findRecordedUpTo } from './store/report-consents.ts';

/** The purpose and the channel that a report is about. */
export interface ReportTopic {
  readonly tenantId: string;
  readonly purpose: Purpose;
  readonly channel: Channel;
}

/** Who had consented: a subject with the grants that stood, one a law. */
export interface StandingSubject {
  readonly subject: string;
  readonly records: readonly LoggedRecord[];
}

/** What stood at a time (milliseconds since 1970), as the log knew it then: what was told later, or withdrawn later, makes
 *  no difference. One statement a look. */
export function findConsentsAt(
  { database }: ConsentDeps,
  topic: ReportTopic,
  { at, page }: { readonly at: number; readonly page: PageRequest },
): Promise<Page<StandingSubject>> {
  const scan = async (after: string | null, limit: number): Promise<Scan<StandingSubject>> => {
    const records = await database.read(topic.tenantId, (tx) =>
      findRecordedUpTo(tx, { ...topic, after, limit }, at),
    );
    const bySubject = [...Map.groupBy(records, (record) => record.subject)];
    const nodes = bySubject.flatMap(([subject, said]) => {
      const granted = standingOf(said).filter(
        ({ action, expiresAt }) => action === 'GRANTED' && (expiresAt === null || expiresAt > at),
      );
      return granted.length > 0 ? [{ subject, records: granted }] : [];
    });
    return { nodes, next: bySubject.length < limit ? null : (bySubject.at(-1)?.[0] ?? null) };
  };
  return fillPage(page, scan, ({ subject }) => subject);
}

/** records: of one subject, in the order of the log. */
function standingOf(records: readonly LoggedRecord[]): LoggedRecord[] {
  const standing = new Map<string, LoggedRecord>();
  for (const record of records) {
    const place = placeOf(record);
    standing.set(place, foldConsent(standing.get(place) ?? null, record));
  }
  return [...standing.values()];
}

/** Everything on record of a person, in the order of the log; an erased person's records are found by the id. */
export async function findPersonHistory(
  { database, ports }: ConsentDeps,
  tenantId: string,
  { recipientId, page }: { readonly recipientId: string; readonly page: PageRequest },
): Promise<Page<LoggedRecord>> {
  const uuid = uuidOf('recipient', recipientId);
  const positionOf = ({ logIndex }: LoggedRecord) => String(logIndex);
  if (uuid === null) return pageOf([], page, positionOf);
  const rows = await database.read(tenantId, async (tx) => {
    const known = (await ports.consentSubjects(tx, tenantId, [uuid])).get(uuid) ?? [];
    return findHistory(tx, tenantId, {
      recipientId: uuid,
      subjects: [...new Set(known.map(({ subject }) => subject))],
      after: page.after === null ? null : BigInt(page.after),
      limit: page.first + 1,
    });
  });
  return pageOf(rows, page, positionOf);
}

/** Somebody whom the gate would let through now. */
export interface EligibleRecipient {
  readonly subject: string;
  /** `rcp_...` */
  readonly recipientId: string;
  /** UUID. */
  readonly consentId: string;
  /** Milliseconds since 1970; null: until it is withdrawn. */
  readonly expiresAt: number | null;
}

/** The people who have a grant, asked of the gate itself: suppressions, laws and times are not told here once more. Four
 *  statements a look. Each person once: by the address that they would be written to at. */
export function findEligible(
  deps: ConsentDeps,
  topic: ReportTopic,
  page: PageRequest,
): Promise<Page<EligibleRecipient>> {
  const { database } = deps;
  const { tenantId, purpose, channel } = topic;
  const scan = async (after: string | null, limit: number): Promise<Scan<EligibleRecipient>> => {
    const { subjects, owners } = await database.read(tenantId, async (tx) => {
      const granted = await findGrantedSubjects(tx, { ...topic, after, limit });
      const hashed = granted.filter((subject) => uuidOf('recipient', subject) === null);
      const owned = await deps.ports.addressOwners(tx, tenantId, hashed);
      return { subjects: granted, owners: owned };
    });
    const candidates = subjects.flatMap((subject) => {
      if (uuidOf('recipient', subject) !== null) return [{ subject, recipientId: subject }];
      const owner = owners.get(subject)?.recipientId;
      return owner === undefined ? [] : [{ subject, recipientId: publicId('recipient', owner) }];
    });
    const questions = candidates.map(({ recipientId }) => ({ recipientId, purpose, channel }));
    const decisions = await decideConsents(deps, tenantId, questions);
    const nodes = candidates.flatMap((candidate, index) => {
      const decision = decisions[index];
      if (!decision?.allowed || decision.subject !== candidate.subject) return [];
      const { consentId, expiresAt } = decision;
      return [{ ...candidate, consentId, expiresAt }];
    });
    return { nodes, next: subjects.length < limit ? null : (subjects.at(-1) ?? null) };
  };
  return fillPage(page, scan, ({ subject }) => subject);
}
