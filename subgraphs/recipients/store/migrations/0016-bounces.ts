// Which email addresses do not exist any more, as the mail servers that were asked to deliver there said.
import type { SqlMigration } from '../../../../platform/migrate.ts';

export const bounces: SqlMigration = {
  name: '0016-bounces',
  sql: 'alter table recipients.address add column bounced_at timestamptz;',
};
