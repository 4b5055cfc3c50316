// How a consent is written for other systems: field by field, in their words, and without anything that must stay here.
import { describe, expect, test } from '@jest/globals';
import { CrmFormat } from '../../../../../../schema/vocabulary-crm.ts';
import { CaptureMethod, ConsentSource } from '../../../../../../schema/vocabulary.ts';
import type { LoggedRecord } from '../../../../../../subgraphs/consent/domain/consent-record.ts';
import { crmBody } from '../../../../../../subgraphs/consent/domain/crm/formats.ts';

const CONSENT_ID = 'cns_01h455vb4pex5vsknk084sn02q';
const RECIPIENT_ID = 'rcp_01h455vb4pex5vsknk084sn02q';
const UUID = '01890a5d-ac96-774b-bcce-b302099a8057';

const record: LoggedRecord = {
  tenantId: 'acme',
  id: UUID,
  subject: 'pn1.1.abc',
  linkage: 'HASHED_PHONE',
  purpose: 'MARKETING',
  channel: 'SMS',
  action: 'GRANTED',
  source: 'WEB',
  method: 'CHECKBOX',
  jurisdiction: 'AT',
  regulation: 'GDPR',
  policyVersion: '2026-11',
  recipientId: UUID,
  deviceId: '01890a5d-ac96-774b-bcce-b302099a8058',
  actor: 'service:signup of planted@example.com',
  idempotencyKey: '+436641234567',
  cmp: { name: 'Acme consent', version: '4.2', signature: 'v1,planted-signature' },
  occurredAt: Date.parse('2026-11-20T12:00:00.000Z'),
  recordedAt: Date.parse('2026-11-20T12:00:01.500Z'),
  expiresAt: Date.parse('2027-11-20T12:00:00.000Z'),
  logIndex: 41n,
  leafHash: new Uint8Array(32),
};

const told = (format: CrmFormat, over: Partial<LoggedRecord> = {}): unknown =>
  JSON.parse(crmBody(format, { ...record, ...over }));

describe('a consent is written', () => {
  test('in our own form with all that may leave', () => {
    expect(told('GENERIC')).toEqual({
      type: 'consent.recorded',
      timestamp: '2026-11-20T12:00:01.500Z',
      data: {
        consentId: CONSENT_ID,
        logIndex: 41,
        recipientId: RECIPIENT_ID,
        subject: 'pn1.1.abc',
        linkage: 'HASHED_PHONE',
        action: 'GRANTED',
        purpose: 'MARKETING',
        channel: 'SMS',
        source: 'WEB',
        method: 'CHECKBOX',
        jurisdiction: 'AT',
        regulation: 'GDPR',
        policyVersion: '2026-11',
        cmp: { name: 'Acme consent', version: '4.2' },
        occurredAt: '2026-11-20T12:00:00.000Z',
        recordedAt: '2026-11-20T12:00:01.500Z',
        expiresAt: '2027-11-20T12:00:00.000Z',
      },
    });
  });

  test('as a subscription status of HubSpot', () => {
    expect(told('HUBSPOT')).toEqual({
      subscriberIdString: RECIPIENT_ID,
      channel: 'SMS',
      statusState: 'SUBSCRIBED',
      subscriptionName: 'MARKETING SMS',
      legalBasis: 'CONSENT_WITH_NOTICE',
      legalBasisExplanation: 'CHECKBOX by WEB in AT, text 2026-11',
      source: 'Acme consent',
      timestamp: '2026-11-20T12:00:00.000Z',
      consentId: CONSENT_ID,
      logIndex: 41,
    });
  });

  test('as a ContactPointConsent of Salesforce', () => {
    expect(told('SALESFORCE')).toEqual({
      attributes: { type: 'ContactPointConsent' },
      Name: CONSENT_ID,
      PrivacyConsentStatus: 'OptIn',
      DataUsePurpose: { Name: 'MARKETING' },
      CaptureDate: '2026-11-20T12:00:00.000Z',
      CaptureContactPointType: 'Web',
      CaptureSource: 'Acme consent',
      EffectiveFrom: '2026-11-20T12:00:00.000Z',
      EffectiveTo: '2027-11-20T12:00:00.000Z',
      Parley_Channel__c: 'SMS',
      Parley_Recipient__c: RECIPIENT_ID,
      Parley_Subject__c: 'pn1.1.abc',
      Parley_Jurisdiction__c: 'AT',
      Parley_Policy_Version__c: '2026-11',
      Parley_Log_Index__c: 41,
    });
  });

  test('as a track call of Segment', () => {
    expect(told('SEGMENT')).toMatchObject({
      type: 'track',
      messageId: CONSENT_ID,
      event: 'Consent Granted',
      userId: RECIPIENT_ID,
      timestamp: '2026-11-20T12:00:00.000Z',
      properties: { purpose: 'MARKETING', channel: 'SMS', cmpVersion: '4.2', logIndex: 41 },
    });
  });
});

test('a withdrawal is one in every form', () => {
  const withdrawn = { action: 'WITHDRAWN' } as const;
  expect(told('GENERIC', withdrawn)).toMatchObject({ data: { action: 'WITHDRAWN' } });
  expect(told('HUBSPOT', withdrawn)).toMatchObject({ statusState: 'UNSUBSCRIBED' });
  expect(told('SALESFORCE', withdrawn)).toMatchObject({ PrivacyConsentStatus: 'OptOut' });
  expect(told('SEGMENT', withdrawn)).toMatchObject({ event: 'Consent Withdrawn' });
});

test('somebody who is known by the pseudonym alone is named by it', () => {
  const unknown = { recipientId: null };
  expect(told('GENERIC', unknown)).toMatchObject({ data: { recipientId: null } });
  expect(told('HUBSPOT', unknown)).toMatchObject({ subscriberIdString: 'pn1.1.abc' });
  expect(told('SALESFORCE', unknown)).toMatchObject({ Parley_Recipient__c: null });
  expect(told('SEGMENT', unknown)).toMatchObject({ anonymousId: 'pn1.1.abc' });
  expect(told('SEGMENT', unknown)).not.toHaveProperty('userId');
});

describe.each(Object.values(CrmFormat))('%s', (format) => {
  test('knows every source and every method', () => {
    for (const source of Object.values(ConsentSource)) {
      for (const method of Object.values(CaptureMethod)) {
        const body = told(format, { source, method, cmp: null });
        expect(Object.values(body as object)).not.toContain(undefined);
        if (format === 'HUBSPOT') expect(body).toHaveProperty('legalBasis');
        if (format === 'SALESFORCE') expect(body).toHaveProperty('CaptureContactPointType');
      }
    }
  });

  test('tells nothing of who recorded it, of the device, of the key and of the signature', () => {
    expect(crmBody(format, record)).not.toMatch(/planted|436641234567|8058|dev_/);
  });

  test.each([
    ['an email address', 'as told to planted@example.com in 2026'],
    ['a number', 'as told to +43 664 123 4567'],
    ['a number without spaces', 'as told to +436641234567'],
  ])('masks %s in the texts of other systems', (_what, text) => {
    const cmp = { name: text, version: text, signature: null };
    const body = crmBody(format, { ...record, policyVersion: text, cmp });
    expect(body).not.toMatch(/planted|664/);
    expect(body).toContain('as told to ***');
  });

  test('leaves versions that look like numbers as they are', () => {
    const policyVersion = '2026-11-20.1 (202611201200)';
    expect(crmBody(format, { ...record, policyVersion }).includes(policyVersion)).toBe(true);
  });
});
