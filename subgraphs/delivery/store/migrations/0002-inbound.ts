// What people sent towards the platform: whose it was and which keyword, never what they wrote.
import { tenantTableSql, type SqlMigration } from '../../../../platform/migrate.ts';

export const inbound: SqlMigration = {
  name: '0002-inbound',
  sql: `
    create table delivery.inbound (
      tenant_id text not null,
      id uuid not null,
      recipient_id uuid not null,
      -- The pseudonym of the number that it came from.
      subject text not null,
      channel text not null,
      keyword text,
      provider text not null,
      -- The sealed callback that it was read from.
      callback_id uuid not null,
      dedupe_key text not null,
      occurred_at timestamptz not null,
      received_at timestamptz not null,
      primary key (tenant_id, id),
      constraint inbound_once unique (tenant_id, provider, dedupe_key)
    );
    create index inbound_by_recipient on delivery.inbound (tenant_id, recipient_id, id);
    ${tenantTableSql('delivery', ['inbound'])}`,
};
