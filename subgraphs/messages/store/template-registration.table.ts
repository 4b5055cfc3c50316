// What providers, carriers and registries say of template versions that were registered with them: the last word of each.
import { defineEntity, p, type InferEntity } from '@mikro-orm/postgresql';
import type { RegistrationState } from '../../../schema/vocabulary-templates.ts';

export const TemplateRegistrationTable = defineEntity({
  name: 'template_registration',
  tableName: 'template_registration',
  schema: 'messages',
  properties: {
    tenantId: p.string().primary().columnType('text'),
    templateId: p.uuid().primary(),
    /** Such as `twilio` or `india-dlt`. */
    registrar: p.string().primary().columnType('text'),
    state: p.string().columnType('text').$type<RegistrationState>(),
    /** The registrar's own id of the template. */
    reference: p.string().columnType('text').nullable(),
    actor: p.string().columnType('text'),
    changedAt: p.datetime().columnType('timestamptz'),
  },
});
export interface TemplateRegistrationRow extends InferEntity<typeof TemplateRegistrationTable> {}
