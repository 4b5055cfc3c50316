// Consent management platforms: what a source stands for where its events are silent, and whose events they are.
import type { SqlMigration } from '../../../../platform/migrate.ts';

export const inbound: SqlMigration = {
  name: '0005-inbound',
  sql: `
    alter table consent.cmp_source
      -- Public keys (JWK) of a sender that signs tokens.
      add public_keys jsonb not null default '[]',
      add regulation text not null default 'ALL',
      add jurisdiction text not null,
      add policy_version text not null;
    alter table consent.cmp_event
      -- Names the row and its data key.
      add id uuid not null,
      -- The pseudonym of the address, by which a person's events are found.
      add subject text not null;
    create index cmp_event_by_subject on consent.cmp_event (tenant_id, subject);`,
};
