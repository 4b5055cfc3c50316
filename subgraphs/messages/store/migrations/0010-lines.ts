// Which of the lines that go at once an attempt belongs to.
import type { SqlMigration } from '../../../../platform/migrate.ts';

export const lines: SqlMigration = {
  name: '0010-lines',
  sql: 'alter table messages.attempt add line smallint not null default 1',
};
