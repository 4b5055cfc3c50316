// Tables of recipients: people, their addresses, devices and capabilities, with the task queue and the event log.
import { eventLogSql } from '../../../../platform/event-log.ts';
import { tenantTableSql, type SqlMigration } from '../../../../platform/migrate.ts';
import { taskQueueSql } from '../../../../platform/task-queue.ts';

export const init: SqlMigration = {
  name: '0001-init',
  sql: `
    create table recipients.recipient (
      tenant_id text not null,
      id uuid not null,
      external_id text,
      locale text not null,
      time_zone text,
      region text,
      carrier text,
      preferred_channels text[] not null,
      opted_out_channels text[] not null,
      data_key bytea not null,
      data_key_id text not null,
      data_key_version int not null,
      created_at timestamptz not null,
      primary key (tenant_id, id),
      constraint recipient_external_id unique (tenant_id, external_id)
    );

    create table recipients.address (
      tenant_id text not null,
      id uuid not null,
      recipient_id uuid not null,
      kind text not null,
      pseudonym text not null,
      sealed bytea not null,
      verified_at timestamptz,
      created_at timestamptz not null,
      primary key (tenant_id, id),
      constraint address_pseudonym unique (tenant_id, pseudonym),
      constraint address_kind unique (tenant_id, recipient_id, kind)
    );

    create table recipients.device (
      tenant_id text not null,
      id uuid not null,
      recipient_id uuid not null,
      platform text not null,
      kid text not null,
      fingerprint text not null,
      jwk jsonb not null,
      state text not null,
      client_version text,
      os_build text,
      challenge text not null,
      registered_at timestamptz not null,
      revoked_at timestamptz,
      primary key (tenant_id, id),
      constraint device_kid unique (tenant_id, kid),
      constraint device_challenge unique (tenant_id, challenge)
    );
    create index device_by_recipient on recipients.device (tenant_id, recipient_id);

    create table recipients.capability (
      tenant_id text not null,
      address_id uuid not null,
      channel text not null,
      supported text not null,
      native_e2ee text not null,
      features text[] not null,
      carrier text,
      source text not null,
      checked_at timestamptz not null,
      expires_at timestamptz not null,
      primary key (tenant_id, address_id, channel)
    );
    ${tenantTableSql('recipients', ['recipient', 'address', 'device', 'capability'])}
    ${taskQueueSql('recipients')}
    ${eventLogSql('recipients')}`,
};
