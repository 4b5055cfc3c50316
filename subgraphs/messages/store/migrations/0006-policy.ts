// Versions of each tenant's policy: rows are added and never changed; the newest one is in force.
import { tenantTableSql, type SqlMigration } from '../../../../platform/migrate.ts';

export const policy: SqlMigration = {
  name: '0006-policy',
  sql: `
    create table messages.policy (
      tenant_id text not null,
      -- From 1, without a gap.
      number int not null,
      content jsonb not null,
      actor text not null,
      reason text not null,
      created_at timestamptz not null,
      primary key (tenant_id, number)
    );
    ${tenantTableSql('messages', ['policy'])}`,
};
