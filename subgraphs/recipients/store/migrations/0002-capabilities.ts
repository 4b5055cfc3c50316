// Tables of capabilities: numbers that are nobody's yet, times to live by market, and what became of predictions.
import { tenantTableSql, type SqlMigration } from '../../../../platform/migrate.ts';

export const capabilities: SqlMigration = {
  name: '0002-capabilities',
  sql: `
    create table recipients.number_capability (
      tenant_id text not null,
      pseudonym text not null,
      channel text not null,
      supported text not null,
      native_e2ee text not null,
      features text[] not null,
      carrier text,
      source text not null,
      checked_at timestamptz not null,
      expires_at timestamptz not null,
      primary key (tenant_id, pseudonym, channel)
    );
    create index number_capability_expiry on recipients.number_capability (tenant_id, expires_at);

    create table recipients.capability_ttl (
      tenant_id text not null,
      region text not null,
      carrier text not null,
      ttl_seconds int not null,
      primary key (tenant_id, region, carrier)
    );

    create table recipients.capability_outcome (
      tenant_id text not null,
      day date not null,
      channel text not null,
      region text not null,
      carrier text not null,
      predicted text not null,
      reached boolean not null,
      outcome_count int not null,
      primary key (tenant_id, day, channel, region, carrier, predicted, reached)
    );
    ${tenantTableSql('recipients', ['number_capability', 'capability_ttl', 'capability_outcome'])}`,
};
