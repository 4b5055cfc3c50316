// Moves a template version to its next state, and writes down who did it and why.
import { LockMode, type EntityManager } from '@mikro-orm/postgresql';
import type { TemplateState } from '../../schema/vocabulary.ts';
import type { MessagesContext } from './context.ts';
import type { LintFinding } from './domain/lint/finding.ts';
import { isError, lintTemplate } from './domain/lint/lint-template.ts';
import { mayFollow, reasonProblem } from './domain/template-state.ts';
import { refuse, refuseOne, type Result } from './refusal.ts';
import { TemplateMoveTable, type TemplateMoveRow } from './store/template-move.table.ts';
import { TemplateRegistrationTable } from './store/template-registration.table.ts';
import { TemplateTable, type TemplateRow } from './store/template.table.ts';

export interface TemplateMove {
  readonly templateId: string;
  readonly to: TemplateState;
  readonly reason: string | null;
}

export async function moveTemplate(
  context: MessagesContext,
  move: TemplateMove,
): Promise<Result<TemplateRow>> {
  const { database, policies, principal, clock, settings } = context;
  const { tenantId, subject: actor } = principal;
  const { templateId, to, reason } = move;
  const problem = reasonProblem(to, reason);
  if (problem !== null) return refuseOne('INVALID_INPUT', ['reason'], problem);
  return database.transaction(tenantId, async (tx): Promise<Result<TemplateRow>> => {
    const { em } = tx;
    const key = { tenantId, id: templateId };
    const row = await em.findOne(TemplateTable, key, { lockMode: LockMode.PESSIMISTIC_WRITE });
    if (row === null) return refuseOne('NOT_FOUND', ['templateId'], 'There is no such template.');
    if (!mayFollow(row.state, to)) {
      const sentence = `A template that is ${row.state} cannot become ${to}.`;
      return refuseOne('WRONG_STATE', ['templateId'], sentence);
    }
    const [last] = await em.find(
      TemplateMoveTable,
      { tenantId, templateId },
      { orderBy: { number: 'desc' }, limit: 1 },
    );
    if (to === 'APPROVED') {
      const held = await approvalHeldBy(em, { last, actor, settings, row });
      if (held !== null) return refuseOne('WRONG_STATE', ['templateId'], held);
    }
    if (to === 'SUBMITTED') {
      const { disclosures } = await policies.ofTenant(tx, tenantId);
      const findings = lintTemplate(row.content, disclosures);
      if (findings.some(isError)) return refusedByLint(findings);
      row.findings = findings;
    }
    em.create(TemplateMoveTable, {
      tenantId,
      templateId,
      number: (last?.number ?? 0) + 1,
      fromState: row.state,
      toState: to,
      actor,
      reason,
      movedAt: new Date(clock.now()),
    });
    row.state = to;
    await em.flush();
    return { ok: true, value: row };
  });
}

/** Why a version is not approved now; null where it is. */
async function approvalHeldBy(
  em: EntityManager,
  of: {
    /** The submission. */
    readonly last: TemplateMoveRow | undefined;
    readonly actor: string;
    readonly settings: MessagesContext['settings'];
    readonly row: TemplateRow;
  },
): Promise<string | null> {
  const { last, actor, settings, row } = of;
  if (settings.templateFourEyes === 'on' && (last === undefined || last.actor === actor)) {
    return 'Whoever submitted a version does not approve it.';
  }
  const open = await em.findOne(TemplateRegistrationTable, {
    tenantId: row.tenantId,
    templateId: row.id,
    state: { $ne: 'APPROVED' },
  });
  return open === null ? null : `The registration with ${open.registrar} is ${open.state}.`;
}

function refusedByLint(findings: readonly LintFinding[]): Result<TemplateRow> {
  const errors = findings.filter(isError).length;
  const sentence = `The lint found ${errors} ${errors === 1 ? 'error' : 'errors'} in it.`;
  return refuse([{ code: 'TEMPLATE_LINT_FAILED', path: ['templateId'], sentence, findings }]);
}
