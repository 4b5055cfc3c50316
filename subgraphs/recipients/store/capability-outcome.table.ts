// What became of predictions: one row for each day, market, prediction and outcome, with their number.
import { defineEntity, p } from '@mikro-orm/postgresql';
import type { Channel, Tristate } from '../../../schema/vocabulary.ts';

export const CapabilityOutcomeTable = defineEntity({
  name: 'capability_outcome',
  tableName: 'capability_outcome',
  schema: 'recipients',
  properties: {
    tenantId: p.string().primary().columnType('text'),
    /** In UTC. */
    day: p.date().primary(),
    channel: p.string().primary().columnType('text').$type<Channel>(),
    region: p.string().primary().columnType('text'),
    carrier: p.string().primary().columnType('text'),
    predicted: p.string().primary().columnType('text').$type<Tristate>(),
    reached: p.boolean().primary(),
    outcomeCount: p.integer(),
  },
});
