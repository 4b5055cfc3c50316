// Writes down what a provider, a carrier or a registry says of a template version.
import { LockMode } from '@mikro-orm/postgresql';
import type { MessagesContext } from './context.ts';
import { checkRegistration, mayRegister, type Registration } from './domain/registration.ts';
import { refuse, refuseOne, type Result } from './refusal.ts';
import { TemplateRegistrationTable } from './store/template-registration.table.ts';
import { TemplateTable, type TemplateRow } from './store/template.table.ts';

export async function recordRegistration(
  { database, principal, clock }: MessagesContext,
  templateId: string,
  registration: Registration,
): Promise<Result<TemplateRow>> {
  const findings = checkRegistration(registration);
  if (findings.length > 0) {
    return refuse(
      findings.map(({ path, sentence }) => ({ code: 'INVALID_INPUT', path, sentence })),
    );
  }
  const { tenantId, subject: actor } = principal;
  return database.transaction(tenantId, async ({ em }): Promise<Result<TemplateRow>> => {
    // The lock keeps it apart from an approval, which asks what the registrars say.
    const key = { tenantId, id: templateId };
    const row = await em.findOne(TemplateTable, key, { lockMode: LockMode.PESSIMISTIC_WRITE });
    if (row === null) return refuseOne('NOT_FOUND', ['templateId'], 'There is no such template.');
    if (!mayRegister(row.state)) {
      const sentence = `A template that is ${row.state} is registered nowhere.`;
      return refuseOne('WRONG_STATE', ['templateId'], sentence);
    }
    await em.upsert(TemplateRegistrationTable, {
      tenantId,
      templateId,
      ...registration,
      actor,
      changedAt: new Date(clock.now()),
    });
    return { ok: true, value: row };
  });
}
