// Tables of consent: the append-only log of records and the state folded from it, with the event log.
import { eventLogSql } from '../../../../platform/event-log.ts';
import { tenantTableSql, type SqlMigration } from '../../../../platform/migrate.ts';
import { taskQueueSql } from '../../../../platform/task-queue.ts';

// The role of consent has no right to change a record. The trigger is for everybody else, the owner included: it guards
// against mistakes, not against somebody who may drop it.
export const init: SqlMigration = {
  name: '0001-init',
  sql: `
    create table consent.consent_event (
      tenant_id text not null,
      id uuid not null,
      subject text not null,
      linkage text not null,
      purpose text not null,
      channel text not null,
      action text not null,
      source text not null,
      method text not null,
      jurisdiction text not null,
      policy_version text not null,
      recipient_id uuid not null,
      device_id uuid,
      actor text not null,
      idempotency_key text,
      occurred_at timestamptz not null,
      recorded_at timestamptz not null,
      expires_at timestamptz,
      primary key (tenant_id, id),
      constraint consent_event_once
        unique (tenant_id, subject, purpose, channel, action, occurred_at),
      constraint consent_event_idempotency_key unique (tenant_id, idempotency_key, channel)
    );

    create function consent.refuse_change() returns trigger language plpgsql as $$
      begin
        raise exception 'consent records are append-only' using errcode = 'restrict_violation';
      end
    $$;
    create trigger append_only before update or delete or truncate on consent.consent_event
      for each statement execute function consent.refuse_change();

    create table consent.consent_state (
      tenant_id text not null,
      subject text not null,
      purpose text not null,
      channel text not null,
      consent_id uuid not null,
      action text not null,
      method text not null,
      expires_at timestamptz,
      primary key (tenant_id, subject, purpose, channel)
    );
    ${tenantTableSql('consent', ['consent_event', 'consent_state'])}
    ${taskQueueSql('consent')}
    ${eventLogSql('consent')}`,
};
