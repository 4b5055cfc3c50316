// The provider's own id of a sent attempt: some providers' receipts name nothing else.
import type { SqlMigration } from '../../../../platform/migrate.ts';

export const providerMessageId: SqlMigration = {
  name: '0004-provider-message-id',
  sql: `
    alter table delivery.sent_attempt add column provider_message_id text;
    create index sent_attempt_by_provider_id on delivery.sent_attempt (provider, provider_message_id)
      where provider_message_id is not null;`,
};
