// Finding records: those of one person, and those that came with a key, without a mistaken path for all others.
import type { SqlMigration } from '../../../../platform/migrate.ts';

// Records without a key made the key's index an index of channels, which the planner took for a record's whole place as
// long as it knew nothing of a young table: each append then read the log from its beginning.
export const history: SqlMigration = {
  name: '0012-history',
  sql: `
    create index consent_event_by_recipient on consent.consent_event (tenant_id, recipient_id);
    alter table consent.consent_event drop constraint consent_event_idempotency_key;
    create unique index consent_event_idempotency_key
      on consent.consent_event (tenant_id, idempotency_key, channel) where idempotency_key is not null;`,
};
