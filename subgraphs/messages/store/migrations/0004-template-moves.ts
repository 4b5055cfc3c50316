// Who moved a template version, when and why, as rows that nobody changes; and what registrars say of it.
import { tenantTableSql, type SqlMigration } from '../../../../platform/migrate.ts';

export const templateMoves: SqlMigration = {
  name: '0004-template-moves',
  sql: `
    create table messages.template_move (
      tenant_id text not null,
      template_id uuid not null,
      number smallint not null,
      from_state text,
      to_state text not null,
      actor text not null,
      reason text,
      moved_at timestamptz not null,
      primary key (tenant_id, template_id, number)
    );
    create table messages.template_registration (
      tenant_id text not null,
      template_id uuid not null,
      registrar text not null,
      state text not null,
      reference text,
      actor text not null,
      changed_at timestamptz not null,
      primary key (tenant_id, template_id, registrar)
    );
    ${tenantTableSql('messages', ['template_move', 'template_registration'])}

    insert into messages.template_move
    select t.tenant_id, t.id, move.number, lag(move.value ->> 'state') over (
        partition by t.tenant_id, t.id order by move.number
      ), move.value ->> 'state', move.value ->> 'by', move.value ->> 'reason', (move.value ->> 'at')::timestamptz
    from messages.template t, jsonb_array_elements(t.history) with ordinality as move (value, number);

    -- What the lint said when the version was submitted; null before that.
    alter table messages.template add findings jsonb, drop history;`,
};
