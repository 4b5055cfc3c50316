// One-time codes: what proves them, never the code.
import { tenantTableSql, type SqlMigration } from '../../../../platform/migrate.ts';

export const oneTimeCode: SqlMigration = {
  name: '0005-one-time-code',
  sql: `
    create table messages.one_time_code (
      tenant_id text not null,
      -- The message that carries it, on whatever channel.
      message_id uuid not null,
      recipient_id uuid not null,
      -- Of what was asked for, without the code.
      request_digest text not null,
      -- The keyed hash of the beginning of the number; null without a number.
      area bytea,
      mac bytea not null,
      key_version int not null,
      tries int not null default 0,
      verified_at timestamptz,
      expires_at timestamptz not null,
      created_at timestamptz not null,
      primary key (tenant_id, message_id)
    );
    create index one_time_code_by_recipient on messages.one_time_code (tenant_id, recipient_id, created_at);
    create index one_time_code_by_area on messages.one_time_code (tenant_id, area, created_at);
    ${tenantTableSql('messages', ['one_time_code'])}`,
};
