// The history of one person: records are found by the person, also when the address is theirs no more.
import type { SqlMigration } from '../../../../platform/migrate.ts';

export const history: SqlMigration = {
  name: '0012-history',
  sql: `create index consent_event_by_recipient on consent.consent_event (tenant_id, recipient_id);`,
};
