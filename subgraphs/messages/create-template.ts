// Stores a new version of a template as a draft.
import { UniqueConstraintViolationException } from '@mikro-orm/postgresql';
import type { MessagesContext } from './context.ts';
import { checkTemplate, type Template } from './domain/template.ts';
import { refuse, refuseOne, type Result } from './refusal.ts';
import { TemplateMoveTable } from './store/template-move.table.ts';
import { TemplateTable, type TemplateRow } from './store/template.table.ts';

export async function createTemplate(
  context: MessagesContext,
  template: Template,
): Promise<Result<TemplateRow>> {
  const findings = checkTemplate(template);
  if (findings.length > 0) {
    return refuse(
      findings.map(({ path, sentence }) => ({ code: 'INVALID_INPUT', path, sentence })),
    );
  }
  const { database, principal, clock, newUuid } = context;
  const { tenantId } = principal;
  const now = new Date(clock.now());
  try {
    const row = await database.transaction(tenantId, async ({ em }) => {
      const newest = await em.findOne(
        TemplateTable,
        { tenantId, name: template.name },
        { orderBy: { version: 'desc' } },
      );
      const created = em.create(TemplateTable, {
        tenantId,
        id: newUuid(),
        name: template.name,
        version: (newest?.version ?? 0) + 1,
        state: 'DRAFT',
        content: template,
        findings: null,
        createdAt: now,
      });
      em.create(TemplateMoveTable, {
        tenantId,
        templateId: created.id,
        number: 1,
        fromState: null,
        toState: 'DRAFT',
        actor: principal.subject,
        reason: null,
        movedAt: now,
      });
      await em.flush();
      return created;
    });
    return { ok: true, value: row };
  } catch (error) {
    if (!(error instanceof UniqueConstraintViolationException)) throw error;
    return refuseOne('ALREADY_EXISTS', ['name'], 'Another version was created at the same moment.');
  }
}
