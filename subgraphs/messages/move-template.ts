// Moves a template version to its next state, and writes down who did it and why.
import type { MessagesContext } from './context.ts';
import { mayFollow } from './domain/template-state.ts';
import { refuseOne, type Result } from './refusal.ts';
import { TemplateTable, type TemplateRow } from './store/template.table.ts';
import type { TemplateState } from '../../schema/vocabulary.ts';
import { LockMode } from '@mikro-orm/postgresql';

export async function moveTemplate(
  context: MessagesContext,
  move: { templateId: string; to: TemplateState; reason: string | null },
): Promise<Result<TemplateRow>> {
  const { database, principal, clock } = context;
  const { tenantId } = principal;
  return database.transaction(tenantId, async ({ em }): Promise<Result<TemplateRow>> => {
    const key = { tenantId, id: move.templateId };
    const row = await em.findOne(TemplateTable, key, { lockMode: LockMode.PESSIMISTIC_WRITE });
    if (row === null) return refuseOne('NOT_FOUND', ['templateId'], 'There is no such template.');
    if (!mayFollow(row.state, move.to)) {
      const sentence = `A template that is ${row.state} cannot become ${move.to}.`;
      return refuseOne('WRONG_STATE', ['templateId'], sentence);
    }
    const at = new Date(clock.now()).toISOString();
    row.state = move.to;
    row.history = [
      ...row.history,
      { state: move.to, by: principal.subject, at, reason: move.reason },
    ];
    await em.flush();
    return { ok: true, value: row };
  });
}
