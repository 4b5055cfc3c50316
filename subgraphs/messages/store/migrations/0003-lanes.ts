// One row a provider: what all workers know together of its rate, its faults, and whether it is served. It holds nothing of a tenant.
import type { SqlMigration } from '../../../../platform/migrate.ts';

export const lanes: SqlMigration = {
  name: '0003-lanes',
  sql: `
    create table messages.lane (
      name text primary key,
      tokens float8,
      refilled_at timestamptz not null default clock_timestamp(),
      failures int not null default 0,
      openings int not null default 0,
      open_until timestamptz,
      probing_until timestamptz,
      paused_until timestamptz,
      served_at timestamptz not null default clock_timestamp()
    )`,
};
