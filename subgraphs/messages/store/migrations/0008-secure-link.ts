// Secure links: who asked for a code and opened one, each access, limits of callers, and the end of codes.
import { tenantTableSql, type SqlMigration } from '../../../../platform/migrate.ts';
import { rateBucketSql } from '../../../../platform/rate-limit.ts';
import { retentionSql } from '../../../../platform/retention.ts';

export const secureLink: SqlMigration = {
  name: '0008-secure-link',
  sql: `
    create table messages.link_visit (
      tenant_id text not null,
      -- The keyed hash of what the visitor's browser keeps, and of the link.
      visitor bytea not null,
      message_id uuid not null,
      attempt_id uuid not null,
      -- The message that carried the code.
      code_message_id uuid not null,
      -- On which channel it went out.
      code_channel text not null,
      -- Null until the code was right.
      verified_at timestamptz,
      expires_at timestamptz not null,
      created_at timestamptz not null,
      primary key (tenant_id, visitor)
    );
    create index link_visit_by_end on messages.link_visit (expires_at);

    create table messages.link_access (
      tenant_id text not null,
      id uuid not null,
      message_id uuid not null,
      attempt_id uuid not null,
      kind text not null,
      -- The message that carried the code.
      code_message_id uuid not null,
      occurred_at timestamptz not null,
      primary key (tenant_id, id)
    );
    create index link_access_by_message on messages.link_access (tenant_id, message_id, id);

    create index one_time_code_by_end on messages.one_time_code (expires_at);
    ${tenantTableSql('messages', ['link_visit', 'link_access'])}
    ${rateBucketSql('messages')}
    ${retentionSql('messages')}`,
};
