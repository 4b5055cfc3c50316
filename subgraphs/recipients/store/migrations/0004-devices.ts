// Devices that live longer: versions of a key, attestation, reports, tombstones of keys, and who vouches for a lost device.
import { tenantTableSql, type SqlMigration } from '../../../../platform/migrate.ts';

export const devices: SqlMigration = {
  name: '0004-devices',
  sql: `
    alter table recipients.device
      alter column jwk drop not null,
      add column key_version int not null default 1,
      add column attestation text not null default 'NONE',
      add column reported_at timestamptz;

    create table recipients.retired_device_key (
      tenant_id text not null,
      kid text not null,
      device_id uuid not null,
      key_version int not null,
      challenge text not null,
      retired_at timestamptz not null,
      primary key (tenant_id, kid),
      constraint retired_device_key_challenge unique (tenant_id, challenge)
    );

    create table recipients.identity_provider (
      tenant_id text not null,
      issuer text not null,
      client_id text not null,
      jwks jsonb not null,
      mfa_acr_values text[] not null,
      updated_at timestamptz not null,
      primary key (tenant_id)
    );

    create table recipients.attestation_policy (
      tenant_id text not null,
      rp_id text not null,
      origins text[] not null,
      roots text[] not null,
      required text not null,
      updated_at timestamptz not null,
      primary key (tenant_id)
    );
    ${tenantTableSql('recipients', ['retired_device_key', 'identity_provider', 'attestation_policy'])}`,
};
