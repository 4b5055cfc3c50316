// The loaders of one request: what stands for many recipients, and receipts of many records; for the caller's tenant only.
import DataLoader from 'dataloader';
import { uuidOf } from '../../../schema/ids.ts';
import type { ConsentDeps } from '../deps.ts';
import { issueReceipts, type IssuedReceipt } from '../issue-receipts.ts';
import type { ConsentRecord } from '../domain/consent-record.ts';
import { findCrmBacklogs, type CrmBacklog } from '../store/crm-targets.ts';
import { findRecords, findStandingRecords } from '../store/find-records.ts';

export interface ConsentLoaders {
  /** By `rcp_...`; empty for whom the tenant does not know. */
  readonly consents: DataLoader<string, ConsentRecord[]>;
  /** By UUID; null for what the tenant does not have. */
  readonly records: DataLoader<string, ConsentRecord | null>;
  /** By `cns_...`; null for what the tenant does not have. */
  readonly receipts: DataLoader<string, IssuedReceipt | null>;
  /** By `crm_...`; nothing for what the tenant does not have any more. */
  readonly crmBacklogs: DataLoader<string, CrmBacklog>;
}

const BATCH_MAX = 500;

export function createLoaders(deps: ConsentDeps, tenantId: string): ConsentLoaders {
  const { database, ports } = deps;
  const consents = new DataLoader(
    async (ids: readonly string[]) => {
      const uuids = ids.map((id) => uuidOf('recipient', id));
      const known = uuids.filter((uuid) => uuid !== null);
      return database.read(tenantId, async (tx) => {
        const subjects = await ports.consentSubjects(tx, tenantId, known);
        const all = [...subjects.values()].flat().map(({ subject }) => subject);
        const records = await findStandingRecords(tx, tenantId, [...new Set(all)]);
        const bySubject = Map.groupBy(records, (record) => record.subject);
        return uuids.map((uuid) => {
          const own = new Set(subjects.get(uuid ?? '')?.map(({ subject }) => subject));
          return [...own].flatMap((subject) => bySubject.get(subject) ?? []);
        });
      });
    },
    { maxBatchSize: BATCH_MAX },
  );
  const records = new DataLoader(
    async (uuids: readonly string[]) => {
      const found = await database.read(tenantId, (tx) => findRecords(tx, tenantId, uuids));
      return uuids.map((uuid) => found.get(uuid) ?? null);
    },
    { maxBatchSize: BATCH_MAX },
  );
  const receipts = new DataLoader(
    async (ids: readonly string[]) => {
      const uuids = ids.map((id) => uuidOf('consent', id));
      const known = uuids.filter((uuid) => uuid !== null);
      const issued = (await issueReceipts(deps, tenantId, known)).values();
      return uuids.map((uuid) => (uuid === null ? null : (issued.next().value ?? null)));
    },
    { maxBatchSize: BATCH_MAX },
  );
  const crmBacklogs = new DataLoader(
    async (ids: readonly string[]) => {
      const uuids = ids.map((id) => uuidOf('crmTarget', id));
      const known = uuids.filter((uuid) => uuid !== null);
      const found = await database.read(tenantId, (tx) => findCrmBacklogs(tx, tenantId, known));
      return uuids.map((uuid) => found.get(uuid ?? '') ?? { pendingCount: 0, failedCount: 0 });
    },
    { maxBatchSize: BATCH_MAX },
  );
  return { consents, records, receipts, crmBacklogs };
}
