// The record that stands for each subject, purpose, channel and regulation: a view of the log that the gate can read in one step.
import { defineEntity, p } from '@mikro-orm/postgresql';
import type {
  CaptureMethod,
  Channel,
  ConsentAction,
  Purpose,
  Regulation,
} from '../../../schema/vocabulary.ts';

export const ConsentStateTable = defineEntity({
  name: 'consent_state',
  tableName: 'consent_state',
  schema: 'consent',
  properties: {
    tenantId: p.string().primary().columnType('text'),
    subject: p.string().primary().columnType('text'),
    purpose: p.string().primary().columnType('text').$type<Purpose>(),
    channel: p.string().primary().columnType('text').$type<Channel>(),
    regulation: p.string().primary().columnType('text').default('ALL').$type<Regulation>(),
    consentId: p.uuid(),
    action: p.string().columnType('text').$type<ConsentAction>(),
    method: p.string().columnType('text').$type<CaptureMethod>(),
    policyVersion: p.string().columnType('text'),
    occurredAt: p.datetime().columnType('timestamptz'),
    recordedAt: p.datetime().columnType('timestamptz'),
    expiresAt: p.datetime().columnType('timestamptz').strictNullable(),
  },
});
