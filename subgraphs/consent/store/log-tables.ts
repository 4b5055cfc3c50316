// The consent log beside its records: inner nodes, how far each tenant's log has grown, and the checkpoints of it.
import { defineEntity, p } from '@mikro-orm/postgresql';

export const LogNodeTable = defineEntity({
  name: 'log_node',
  tableName: 'log_node',
  schema: 'consent',
  properties: {
    tenantId: p.string().primary().columnType('text'),
    level: p.smallint().primary(),
    index: p.bigint().primary(),
    hash: p.blob(),
  },
});

export const LogHeadTable = defineEntity({
  name: 'log_head',
  tableName: 'log_head',
  schema: 'consent',
  properties: {
    tenantId: p.string().primary().columnType('text'),
    size: p.bigint(),
    peaks: p.array().columnType('bytea[]'),
  },
});

export const LogCheckpointTable = defineEntity({
  name: 'log_checkpoint',
  tableName: 'log_checkpoint',
  schema: 'consent',
  properties: {
    tenantId: p.string().primary().columnType('text'),
    size: p.bigint().primary(),
    note: p.string().columnType('text'),
    createdAt: p.datetime().columnType('timestamptz'),
  },
});
