// The tenants' own systems that are told of every change of a consent: who they are, how far they are, what they refused.
import { tenantTableSql, type SqlMigration } from '../../../../platform/migrate.ts';

// What a target was told is a place in the log, not a row a record: a target that is away for a week leaves nothing behind
// but that place, and only what it refused has rows.
export const crm: SqlMigration = {
  name: '0010-crm',
  sql: `
    create table consent.crm_target (
      tenant_id text not null,
      id uuid not null,
      name text not null,
      url text not null,
      format text not null,
      -- Newest first, at most two: each wrapped by the KMS.
      secrets jsonb not null,
      active boolean not null,
      created_at timestamptz not null,
      changed_at timestamptz not null,
      -- The place in the tenant's log of the record that it is told next.
      position bigint not null,
      -- What is told once more: from here up to there, without it.
      replay_position bigint,
      replay_until bigint,
      last_success_at timestamptz,
      -- The failures since then.
      failure_count int not null default 0,
      failing_since timestamptz,
      paused_until timestamptz,
      -- Whoever tells it now, and until when nobody else does.
      lease_id uuid,
      lease_until timestamptz,
      primary key (tenant_id, id)
    );
    create table consent.crm_delivery (
      tenant_id text not null,
      target_id uuid not null,
      log_index bigint not null,
      consent_id uuid not null,
      state text not null,
      tries int not null,
      tried_at timestamptz not null,
      -- Null: not by itself.
      next_at timestamptz,
      -- Null: no answer came.
      last_status int,
      last_problem text not null,
      primary key (tenant_id, target_id, log_index),
      foreign key (tenant_id, target_id) references consent.crm_target on delete cascade
    );
    create index crm_delivery_due on consent.crm_delivery (tenant_id, target_id, next_at)
      where next_at is not null;
    ${tenantTableSql('consent', ['crm_target', 'crm_delivery'])}`,
};
