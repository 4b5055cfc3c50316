// What stands behind a device's key: a person who signed in for it, and one who compared its fingerprint.
import type { SqlMigration } from '../../../../platform/migrate.ts';

export const deviceTrust: SqlMigration = {
  name: '0014-device-trust',
  sql: `
    alter table recipients.device
      add column identity_verified_at timestamptz,
      add column fingerprint_confirmed_at timestamptz;
    create index retired_device_key_by_device on recipients.retired_device_key (tenant_id, device_id);`,
};
