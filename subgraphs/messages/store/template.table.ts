// Template versions. The content of a version never changes once it was submitted.
import { defineEntity, p, type InferEntity } from '@mikro-orm/postgresql';
import type { TemplateState } from '../../../schema/vocabulary.ts';
import type { LintFinding } from '../domain/lint/finding.ts';
import type { Template } from '../domain/template.ts';

export const TemplateTable = defineEntity({
  name: 'template',
  tableName: 'template',
  schema: 'messages',
  properties: {
    tenantId: p.string().primary().columnType('text'),
    id: p.uuid().primary(),
    name: p.string().columnType('text'),
    version: p.integer(),
    state: p.string().columnType('text').$type<TemplateState>(),
    content: p.json<Template>(),
    /** What the lint said when it was submitted; null before that. */
    findings: p.json<LintFinding[]>().nullable(),
    createdAt: p.datetime().columnType('timestamptz'),
  },
  uniques: [
    { name: 'template_tenant_id_name_version_key', properties: ['tenantId', 'name', 'version'] },
  ],
});
export interface TemplateRow extends InferEntity<typeof TemplateTable> {}
