// Retention: the log of erasures, and what finds records whose time is over.
import type { SqlMigration } from '../../../../platform/migrate.ts';
import { retentionSql } from '../../../../platform/retention.ts';

export const retention: SqlMigration = {
  name: '0011-retention',
  sql: `
    create index cmp_event_by_time on consent.cmp_event (received_at);
    -- For regions with a shorter time: their sources are few, and the others' events many.
    create index cmp_event_by_source on consent.cmp_event (tenant_id, format, received_at);
    create index suppression_ended on consent.suppression ((coalesce(lifted_at, until_at)))
      where coalesce(lifted_at, until_at) is not null;
    ${retentionSql('consent')}`,
};
