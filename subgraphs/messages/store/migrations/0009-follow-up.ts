// The follow-up list: messages that ended without having reached their person, until somebody has dealt with them.
import { tenantTableSql, type SqlMigration } from '../../../../platform/migrate.ts';

export const followUp: SqlMigration = {
  name: '0009-follow-up',
  sql: `
    create table messages.follow_up (
      tenant_id text not null,
      id uuid not null,
      message_id uuid not null,
      recipient_id uuid not null,
      -- The template's name, whatever its version.
      template text not null,
      reason text not null,
      opened_at timestamptz not null,
      -- Null while it is open.
      resolution text,
      resolved_at timestamptz,
      -- Null where nobody did: it reached the person after all.
      resolved_by text,
      note text,
      -- The message that it was sent again as.
      resent_as uuid,
      primary key (tenant_id, id),
      unique (tenant_id, message_id),
      unique (tenant_id, resent_as)
    );
    -- The list as people read it, and the whole that is counted by reason.
    create index follow_up_open on messages.follow_up (tenant_id, id) include (reason) where resolution is null;
    ${tenantTableSql('messages', ['follow_up'])}`,
};
