// Tables of identity and wishes: ids of other systems, several addresses of a kind, merged and erased people.
import { tenantTableSql, type SqlMigration } from '../../../../platform/migrate.ts';

export const people: SqlMigration = {
  name: '0015-people',
  sql: `
    create table recipients.external_id (
      tenant_id text not null,
      kind text not null,
      value text not null,
      recipient_id uuid not null,
      primary key (tenant_id, kind, value)
    );
    create index external_id_by_recipient on recipients.external_id (tenant_id, recipient_id);
    insert into recipients.external_id (tenant_id, kind, value, recipient_id)
      select tenant_id, 'external_id', external_id, id from recipients.recipient where external_id is not null;

    alter table recipients.recipient
      drop column external_id,
      add column purpose_opt_outs jsonb not null default '{}',
      add column quiet_hours jsonb,
      add column feature_flags jsonb not null default '{}',
      add column updated_at timestamptz;
    update recipients.recipient set updated_at = created_at;
    alter table recipients.recipient
      alter column updated_at set not null,
      alter column purpose_opt_outs drop default,
      alter column feature_flags drop default;

    alter table recipients.address
      drop constraint address_kind,
      add column verified_by text,
      add column verification_method text;
    create index address_by_recipient on recipients.address (tenant_id, recipient_id, kind);

    create table recipients.recipient_alias (
      tenant_id text not null,
      id uuid not null,
      recipient_id uuid not null,
      data_key bytea not null,
      data_key_id text not null,
      data_key_version int not null,
      merged_at timestamptz not null,
      primary key (tenant_id, id)
    );
    create index recipient_alias_by_recipient on recipients.recipient_alias (tenant_id, recipient_id);

    create table recipients.erasure (
      tenant_id text not null,
      recipient_id uuid not null,
      merged_ids uuid[] not null,
      record text not null,
      erased_at timestamptz not null,
      primary key (tenant_id, recipient_id)
    );
    create index erasure_by_merged on recipients.erasure using gin (merged_ids);
    ${tenantTableSql('recipients', ['external_id', 'recipient_alias', 'erasure'])}`,
};
