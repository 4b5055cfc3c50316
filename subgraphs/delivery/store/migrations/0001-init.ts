// Tables of delivery: callbacks as they came, the events made of them, and where each message stands.
import { eventLogSql } from '../../../../platform/event-log.ts';
import { tenantTableSql, type SqlMigration } from '../../../../platform/migrate.ts';

export const init: SqlMigration = {
  name: '0001-init',
  sql: `
    -- A callback names an attempt, and only the attempt knows its tenant: until then the tenant is ''.
    create table delivery.raw_callback (
      tenant_id text not null default '',
      id uuid not null,
      provider text not null,
      sealed bytea not null,
      state text not null,
      tries int not null default 0,
      due_at timestamptz not null default now(),
      received_at timestamptz not null,
      primary key (tenant_id, id)
    );
    create index raw_callback_due on delivery.raw_callback (due_at) where state = 'NEW';

    create table delivery.callback_key (
      tenant_id text not null,
      id uuid not null,
      wrapped jsonb not null,
      created_at timestamptz not null,
      primary key (tenant_id, id)
    );

    create table delivery.sent_attempt (
      tenant_id text not null,
      attempt_id uuid not null,
      message_id uuid not null,
      recipient_id uuid not null,
      channel text not null,
      protection text not null,
      provider text not null,
      primary key (tenant_id, attempt_id)
    );
    create index sent_attempt_by_id on delivery.sent_attempt (attempt_id);

    create table delivery.delivery_event (
      tenant_id text not null,
      id uuid not null,
      message_id uuid not null,
      recipient_id uuid not null,
      attempt_id uuid,
      channel text,
      protection text,
      type text not null,
      status text not null,
      source text not null,
      provider text,
      provider_event_id text,
      provider_code text,
      failure_code text,
      fallback_reason text,
      callback_id uuid,
      dedupe_key text not null,
      occurred_at timestamptz not null,
      received_at timestamptz not null,
      primary key (tenant_id, id),
      unique (tenant_id, dedupe_key)
    );
    create index delivery_event_by_message on delivery.delivery_event (tenant_id, message_id, id);

    create table delivery.message_status (
      tenant_id text not null,
      message_id uuid not null,
      recipient_id uuid not null,
      status text not null,
      sent_at timestamptz,
      delivered_at timestamptz,
      read_at timestamptz,
      ended_at timestamptz,
      primary key (tenant_id, message_id)
    );
    ${tenantTableSql('delivery', [
      'raw_callback',
      'callback_key',
      'sent_attempt',
      'delivery_event',
      'message_status',
    ])}
    ${eventLogSql('delivery')}`,
};
