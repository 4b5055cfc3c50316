// The record of who saw personal data in clear text, and what pages of recipients are found by.
import { tenantTableSql, type SqlMigration } from '../../../../platform/migrate.ts';

export const piiAccess: SqlMigration = {
  name: '0007-pii-access',
  sql: `
    create table recipients.pii_access (
      tenant_id text not null,
      id uuid not null,
      action text not null,
      recipient_id uuid not null,
      address_id uuid,
      actor text not null,
      reason text not null,
      at timestamptz not null,
      primary key (tenant_id, id)
    );
    create index pii_access_by_recipient on recipients.pii_access (tenant_id, recipient_id, id);
    create function recipients.refuse_change() returns trigger language plpgsql as $$
      begin
        raise exception 'records of access are append-only' using errcode = 'restrict_violation';
      end
    $$;
    create trigger append_only before update or delete or truncate on recipients.pii_access
      for each statement execute function recipients.refuse_change();
    ${tenantTableSql('recipients', ['pii_access'])}

    create index recipient_by_region on recipients.recipient (tenant_id, region, id);`,
};
