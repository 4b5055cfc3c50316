// Push subscriptions are addresses that come and go with the app installation that made them.
import type { SqlMigration } from '../../../../platform/migrate.ts';

export const push: SqlMigration = {
  name: '0017-push',
  sql: 'alter table recipients.address add column device_id uuid;',
};
