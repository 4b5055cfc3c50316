// Conversations: whose turn it is with whom on which channel, what was said, sealed, and who read it.
import { tenantTableSql, type SqlMigration } from '../../../../platform/migrate.ts';

export const conversation: SqlMigration = {
  name: '0005-conversation',
  sql: `
    create table delivery.conversation (
      tenant_id text not null,
      id uuid not null,
      recipient_id uuid not null,
      channel text not null,
      -- The fold of its entries; null until the transaction that makes it has added the first.
      state text,
      since timestamptz,
      last_at timestamptz,
      primary key (tenant_id, id),
      constraint conversation_once unique (tenant_id, recipient_id, channel)
    );
    create index conversation_in_state on delivery.conversation (tenant_id, state, since, id);
    create index conversation_in_order on delivery.conversation (tenant_id, since, id);
    create index conversation_alive on delivery.conversation (state, last_at) where state <> 'CLOSED';

    create table delivery.conversation_entry (
      tenant_id text not null,
      id uuid not null,
      conversation_id uuid not null,
      kind text not null,
      -- Of the person's: what it answers. Of ours: what was sent.
      message_id uuid,
      action_id text,
      -- Under the person's own key, whose id is the recipient's.
      text_sealed bytea,
      actor text,
      dedupe_key text not null,
      occurred_at timestamptz not null,
      counted_at timestamptz not null,
      primary key (tenant_id, id),
      constraint conversation_entry_once unique (tenant_id, conversation_id, dedupe_key)
    );
    create index conversation_entry_in_order
      on delivery.conversation_entry (tenant_id, conversation_id, occurred_at, id);
    create index conversation_entry_counted
      on delivery.conversation_entry (tenant_id, conversation_id, counted_at);
    -- Of what names a message alone: what asks for the person's words of a conversation is not to take this path.
    create index conversation_entry_replies on delivery.conversation_entry (tenant_id, message_id, id)
      where kind in ('TEXT', 'TAP') and message_id is not null;
    create index conversation_entry_age on delivery.conversation_entry (occurred_at);

    create table delivery.conversation_access (
      tenant_id text not null,
      id uuid not null,
      recipient_id uuid not null,
      entry_id uuid not null,
      actor text not null,
      reason text not null,
      at timestamptz not null,
      primary key (tenant_id, id)
    );
    create index conversation_access_by_recipient
      on delivery.conversation_access (tenant_id, recipient_id, id);
    create function delivery.refuse_access_change() returns trigger language plpgsql as $$
      begin
        raise exception 'records of access are append-only' using errcode = 'restrict_violation';
      end
    $$;
    create trigger append_only before update or delete or truncate on delivery.conversation_access
      for each statement execute function delivery.refuse_access_change();
    ${tenantTableSql('delivery', ['conversation', 'conversation_entry', 'conversation_access'])}

    -- What was handed over to a person last: what a text without a reference answers.
    create index delivery_event_handed_over
      on delivery.delivery_event (tenant_id, recipient_id, channel, occurred_at) where type = 'SENT';`,
};
