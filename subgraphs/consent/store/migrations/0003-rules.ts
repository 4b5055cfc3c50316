// Regulations in the consent log and its state, suppression lists, and what consent management platforms tell.
import { tenantTableSql, type SqlMigration } from '../../../../platform/migrate.ts';

// The state gets what the rules of a region look at, so that the gate stays one statement over one table and one list.
// The key of the state grows: a program of before this step cannot write it, and nothing was released with it.
export const rules: SqlMigration = {
  name: '0003-rules',
  sql: `
    alter table consent.consent_event add regulation text not null default 'ALL';
    alter table consent.consent_event drop constraint consent_event_once;
    alter table consent.consent_event add constraint consent_event_once
      unique (tenant_id, subject, purpose, channel, action, occurred_at, regulation);

    alter table consent.consent_state
      add regulation text not null default 'ALL',
      add policy_version text,
      add occurred_at timestamptz,
      add recorded_at timestamptz;
    update consent.consent_state s
      set policy_version = e.policy_version, occurred_at = e.occurred_at, recorded_at = e.recorded_at
      from consent.consent_event e where e.tenant_id = s.tenant_id and e.id = s.consent_id;
    alter table consent.consent_state
      alter policy_version set not null,
      alter occurred_at set not null,
      alter recorded_at set not null,
      drop constraint consent_state_pkey,
      add primary key (tenant_id, subject, purpose, channel, regulation);

    create table consent.suppression (
      tenant_id text not null,
      id uuid not null,
      subject text not null,
      list text not null,
      region text,
      channel text,
      purpose text,
      source text not null,
      actor text not null,
      from_at timestamptz not null,
      until_at timestamptz,
      recorded_at timestamptz not null,
      lifted_at timestamptz,
      lifted_by text,
      primary key (tenant_id, id)
    );
    -- An entry that was lifted stays as evidence and makes room for the next one.
    create unique index suppression_standing on consent.suppression
      (tenant_id, subject, list, region, channel, purpose, source, until_at) nulls not distinct
      where lifted_at is null;

    create table consent.cmp_source (
      tenant_id text not null,
      format text not null,
      -- Newest first, at most two: each wrapped by the KMS.
      secrets jsonb not null,
      -- What each of the platform's purposes means here.
      purposes jsonb not null,
      changed_at timestamptz not null,
      primary key (tenant_id, format)
    );
    create table consent.cmp_event (
      tenant_id text not null,
      format text not null,
      event_id text not null,
      body_digest bytea not null,
      sealed bytea not null,
      wrapped jsonb not null,
      outcome text not null,
      received_at timestamptz not null,
      primary key (tenant_id, format, event_id)
    );
    ${tenantTableSql('consent', ['suppression', 'cmp_source', 'cmp_event'])}`,
};
