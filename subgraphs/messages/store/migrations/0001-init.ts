// Tables of messages: templates, messages, attempts and envelopes, with the task queue and the event log.
import { eventLogSql } from '../../../../platform/event-log.ts';
import { tenantTableSql, type SqlMigration } from '../../../../platform/migrate.ts';
import { taskQueueSql } from '../../../../platform/task-queue.ts';

export const init: SqlMigration = {
  name: '0001-init',
  sql: `
    create table messages.template (
      tenant_id text not null,
      id uuid not null,
      name text not null,
      version int not null,
      state text not null,
      content jsonb not null,
      history jsonb not null,
      created_at timestamptz not null,
      primary key (tenant_id, id),
      unique (tenant_id, name, version)
    );

    create table messages.message (
      tenant_id text not null,
      id uuid not null,
      idempotency_key text not null,
      request_digest text not null,
      recipient_id uuid not null,
      template_id uuid not null,
      reference text,
      locale text not null,
      variables_sealed bytea not null,
      decision jsonb not null,
      phase text not null,
      end_status text,
      end_reason text,
      expires_at timestamptz not null,
      created_at timestamptz not null,
      primary key (tenant_id, id),
      unique (tenant_id, idempotency_key)
    );
    create index message_by_recipient on messages.message (tenant_id, recipient_id, id);

    -- A secure link names the message alone.
    create index message_by_id on messages.message (id);

    create table messages.attempt (
      tenant_id text not null,
      id uuid not null,
      message_id uuid not null,
      number smallint not null,
      channel text not null,
      protection text not null,
      provider text not null,
      state text not null,
      tries smallint not null,
      failure_code text,
      provider_code text,
      provider_message_id text,
      fallback_reason text,
      consent_id uuid,
      envelope_digest text,
      started_at timestamptz,
      changed_at timestamptz not null,
      primary key (tenant_id, id),
      unique (tenant_id, message_id, number)
    );

    create table messages.envelope (
      tenant_id text not null,
      message_id uuid not null,
      jwe jsonb not null,
      expires_at timestamptz not null,
      primary key (tenant_id, message_id)
    );
    ${tenantTableSql('messages', ['template', 'message', 'attempt', 'envelope'])}
    ${taskQueueSql('messages')}
    ${eventLogSql('messages')}`,
};
