// Stores a template that the platform brings along, for a tenant that has no approved version of it.
import type { Transaction } from '../../../platform/database.ts';
import type { Template } from '../domain/template.ts';
import { findApprovedTemplates } from './find-template.ts';

/** Who it is that creates and approves it. */
const ACTOR = 'parley';

/** Answers the tenant's own approved version, or the one that stands now. Two that come here at once make one version. */
export async function ensureTemplate(
  tx: Transaction,
  template: Template,
  of: { readonly tenantId: string; readonly id: string; readonly now: number },
): Promise<Template> {
  const { tenantId, id, now } = of;
  const known = await findApprovedTemplates(tx, tenantId, [template.name]);
  const own = known.get(template.name);
  if (own !== undefined) return own.content;
  await tx.query(
    `with created as (
       insert into messages.template (tenant_id, id, name, version, state, content, findings, created_at)
       select $1, $2, $3, coalesce(max(version), 0) + 1, 'APPROVED', $4, '[]', to_timestamp($5 / 1000.0)
       from messages.template where tenant_id = $1 and name = $3
       on conflict (tenant_id, name, version) do nothing returning id
     )
     insert into messages.template_move (tenant_id, template_id, number, from_state, to_state, actor, moved_at)
     select $1, created.id, move.number, move.from_state, move.to_state, $6, to_timestamp($5 / 1000.0)
     from created, (values (1, null, 'DRAFT'), (2, 'DRAFT', 'SUBMITTED'), (3, 'SUBMITTED', 'APPROVED'))
       as move (number, from_state, to_state)`,
    [tenantId, id, template.name, JSON.stringify(template), now, ACTOR],
  );
  return template;
}
