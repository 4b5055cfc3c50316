// When a message is to be sent, where that is later than when it was accepted.
import type { SqlMigration } from '../../../../platform/migrate.ts';

export const schedule: SqlMigration = {
  name: '0002-schedule',
  sql: 'alter table messages.message add send_at timestamptz',
};
