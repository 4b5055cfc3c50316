// The receipt of a consent record: what its tenant signs and its log holds, by the fields of ISO/IEC TS 27560:2023.
import { publicId } from '../../../schema/ids.ts';
import type { ConsentRecord } from './consent-record.ts';

export const RECEIPT_SCHEMA = 'parley-consent-receipt/1';

/** The `typ` of a signed receipt. */
export const RECEIPT_TYPE = 'consent-receipt+jwt';

/** The exact text (UTF-8 JSON) that is signed, and whose hash is a leaf of the log. It is made of the whole row and of
 *  nothing else: whoever changes the row changes the text, and then it is no longer the one in the log. Records live for
 *  years, so this form never changes; another one gets another schema version and stands beside it. */
export function receiptOf(record: ConsentRecord): string {
  const { deviceId, expiresAt, cmp } = record;
  return JSON.stringify({
    schema_version: RECEIPT_SCHEMA,
    record_id: publicId('consent', record.id),
    pii_principal_id: record.subject,
    pii_principal_id_method: record.linkage,
    recipient_id: record.recipientId === null ? null : publicId('recipient', record.recipientId),
    pii_processing: {
      privacy_notice: record.policyVersion,
      purposes: [
        {
          purpose: record.purpose,
          channel: record.channel,
          lawful_basis: record.method === 'RELATIONSHIP' ? 'contract' : 'consent',
          collection_method: record.method,
          collection_source: record.source,
          jurisdiction: record.jurisdiction,
          regulation: record.regulation,
        },
      ],
    },
    party_identification: [{ party_id: record.tenantId, party_role: 'pii_controller' }],
    events: [
      {
        event_state: record.action === 'GRANTED' ? 'consent_given' : 'consent_withdrawn',
        event_time: new Date(record.occurredAt).toISOString(),
        recorded_time: new Date(record.recordedAt).toISOString(),
        valid_until: expiresAt === null ? null : new Date(expiresAt).toISOString(),
        entity_id: record.actor,
        device_id: deviceId === null ? null : publicId('device', deviceId),
        request_id: record.idempotencyKey,
      },
    ],
    cmp: cmp === null ? null : { name: cmp.name, version: cmp.version, signature: cmp.signature },
  });
}

/** The name of a tenant's log, in its checkpoints. */
export const logOrigin = (tenantId: string): string => `parley/tenants/${tenantId}/consent`;
