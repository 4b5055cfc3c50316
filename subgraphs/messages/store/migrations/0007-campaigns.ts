// Campaigns: what is sent to whom and how far it is, the messages that came of it, what became of them, and who was refused.
import { tenantTableSql, type SqlMigration } from '../../../../platform/migrate.ts';

export const campaigns: SqlMigration = {
  name: '0007-campaigns',
  sql: `
    create table messages.campaign (
      tenant_id text not null,
      id uuid not null,
      idempotency_key text not null,
      request_digest text not null,
      name text not null,
      template_id uuid not null,
      filter jsonb not null,
      -- Null: none. Sealed under data_key, which the key store wraps.
      variables_sealed bytea,
      data_key jsonb,
      state text not null,
      pause_reason text,
      messages_per_second int,
      -- The last recipient that was seen; null: none yet.
      seen_until uuid,
      seen_count int not null default 0,
      accepted_count int not null default 0,
      refusal_counts jsonb not null default '[]',
      -- After a cancellation: the last message that was looked at.
      swept_until uuid,
      created_by text not null,
      created_at timestamptz not null,
      send_at timestamptz,
      expires_at timestamptz,
      started_at timestamptz,
      -- When the last recipient had been seen.
      walked_at timestamptz,
      ended_at timestamptz,
      primary key (tenant_id, id),
      unique (tenant_id, idempotency_key)
    );
    create index campaign_open on messages.campaign (tenant_id) where ended_at is null;

    create table messages.campaign_message (
      tenant_id text not null,
      message_id uuid not null,
      campaign_id uuid not null,
      -- As it was counted last.
      status text not null,
      primary key (tenant_id, message_id)
    ) with (fillfactor = 80);
    create index campaign_message_by_campaign on messages.campaign_message (tenant_id, campaign_id, message_id);
    create index campaign_message_waiting on messages.campaign_message (tenant_id, campaign_id, message_id)
      where status = 'ACCEPTED';

    -- How many messages left ACCEPTED, by where they stand. Only the follower of delivery's log writes it.
    create table messages.campaign_outcome (
      tenant_id text not null,
      campaign_id uuid not null,
      status text not null,
      count int not null,
      primary key (tenant_id, campaign_id, status)
    );

    -- The refused ones of one page of the audience, in its order.
    create table messages.campaign_refusal (
      tenant_id text not null,
      campaign_id uuid not null,
      last_recipient_id uuid not null,
      recipient_ids uuid[] not null,
      codes text[] not null,
      reasons text[] not null,
      primary key (tenant_id, campaign_id, last_recipient_id)
    );
    ${tenantTableSql('messages', ['campaign', 'campaign_message', 'campaign_outcome', 'campaign_refusal'])}`,
};
