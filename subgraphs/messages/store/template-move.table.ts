// Moves of template versions from state to state: who, when and why. Rows are added and never changed.
import { defineEntity, p, type InferEntity } from '@mikro-orm/postgresql';
import type { TemplateState } from '../../../schema/vocabulary.ts';

export const TemplateMoveTable = defineEntity({
  name: 'template_move',
  tableName: 'template_move',
  schema: 'messages',
  properties: {
    tenantId: p.string().primary().columnType('text'),
    templateId: p.uuid().primary(),
    /** From 1, in their order. */
    number: p.smallint().primary(),
    /** Null for the first one: the version was created. */
    fromState: p.string().columnType('text').$type<TemplateState>().nullable(),
    toState: p.string().columnType('text').$type<TemplateState>(),
    actor: p.string().columnType('text'),
    reason: p.string().columnType('text').nullable(),
    movedAt: p.datetime().columnType('timestamptz'),
  },
});
export interface TemplateMoveRow extends InferEntity<typeof TemplateMoveTable> {}
