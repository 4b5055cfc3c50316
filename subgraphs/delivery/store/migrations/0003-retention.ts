// Retention: the log of erasures, and what finds callbacks whose time is over.
import type { SqlMigration } from '../../../../platform/migrate.ts';
import { retentionSql } from '../../../../platform/retention.ts';

export const retention: SqlMigration = {
  name: '0003-retention',
  sql: `
    create index raw_callback_done on delivery.raw_callback (received_at) where state <> 'NEW';
    ${retentionSql('delivery')}`,
};
