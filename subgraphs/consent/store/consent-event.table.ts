// Consent records: append-only, one a channel. They name a pseudonym, never an address.
import { defineEntity, p } from '@mikro-orm/postgresql';
import type {
  CaptureMethod,
  Channel,
  ConsentAction,
  ConsentSource,
  Purpose,
  Regulation,
} from '../../../schema/vocabulary.ts';
import type { Linkage } from '../domain/consent-record.ts';

export const ConsentEventTable = defineEntity({
  name: 'consent_event',
  tableName: 'consent_event',
  schema: 'consent',
  properties: {
    tenantId: p.string().primary().columnType('text'),
    id: p.uuid().primary(),
    subject: p.string().columnType('text'),
    linkage: p.string().columnType('text').$type<Linkage>(),
    purpose: p.string().columnType('text').$type<Purpose>(),
    channel: p.string().columnType('text').$type<Channel>(),
    action: p.string().columnType('text').$type<ConsentAction>(),
    source: p.string().columnType('text').$type<ConsentSource>(),
    method: p.string().columnType('text').$type<CaptureMethod>(),
    jurisdiction: p.string().columnType('text'),
    regulation: p.string().columnType('text').default('ALL').$type<Regulation>(),
    policyVersion: p.string().columnType('text'),
    recipientId: p.uuid().strictNullable(),
    deviceId: p.uuid().strictNullable(),
    actor: p.string().columnType('text'),
    idempotencyKey: p.string().columnType('text').strictNullable(),
    cmpName: p.string().columnType('text').strictNullable(),
    cmpVersion: p.string().columnType('text').strictNullable(),
    cmpSignature: p.string().columnType('text').strictNullable(),
    logIndex: p.bigint(),
    leafHash: p.blob(),
    occurredAt: p.datetime().columnType('timestamptz'),
    recordedAt: p.datetime().columnType('timestamptz'),
    expiresAt: p.datetime().columnType('timestamptz').strictNullable(),
  },
  indexes: [{ name: 'consent_event_by_recipient', properties: ['tenantId', 'recipientId'] }],
  uniques: [
    {
      // One thing happens once: an equal record is a repetition.
      name: 'consent_event_once',
      properties: [
        'tenantId',
        'subject',
        'purpose',
        'channel',
        'action',
        'occurredAt',
        'regulation',
      ],
    },
    {
      name: 'consent_event_idempotency_key',
      properties: ['tenantId', 'idempotencyKey', 'channel'],
      where: 'idempotency_key is not null',
    },
    { name: 'consent_event_log_index', properties: ['tenantId', 'logIndex'] },
  ],
});
