// Decisions: one clear yes, and a reason for everything else, by the rules of the region.
import { expect, test } from '@jest/globals';
import type { Purpose } from '../../../../../schema/vocabulary.ts';
import {
  decideConsent,
  type ConsentDecision,
  type StandingConsent,
} from '../../../../../subgraphs/consent/domain/consent-decision.ts';
import { CLOCK_SKEW_MS } from '../../../../../subgraphs/consent/domain/consent-record.ts';

const NOW = Date.parse('2026-11-20T12:00:00Z');
const DAY_MS = 86_400_000;
const standing = (over: Partial<StandingConsent> = {}): StandingConsent => ({
  consentId: 'c1',
  action: 'GRANTED',
  method: 'CHECKBOX',
  regulation: 'ALL',
  policyVersion: '2026-11',
  occurredAt: NOW - DAY_MS,
  recordedAt: NOW - DAY_MS,
  expiresAt: null,
  ...over,
});
const decide = (
  records: readonly Partial<StandingConsent>[],
  { purpose = 'TRANSACTIONAL', region = 'AT' as string | null, suppressed = false }: Question = {},
): ConsentDecision =>
  decideConsent({ suppressed, standing: records.map(standing) }, { purpose, region }, NOW);
interface Question {
  readonly purpose?: Purpose;
  readonly region?: string | null;
  readonly suppressed?: boolean;
}

test.each<[Purpose, string | null, Partial<StandingConsent>]>([
  ['TRANSACTIONAL', 'AT', {}],
  ['TRANSACTIONAL', 'AT', { method: 'RELATIONSHIP' }],
  ['MARKETING', 'AT', {}],
  ['MARKETING', 'US', { method: 'KEYWORD', expiresAt: NOW + 1 }],
  ['ANALYTICS', 'US-CA', { method: 'RELATIONSHIP' }],
  ['TRANSACTIONAL', 'CA', { method: 'RELATIONSHIP', occurredAt: NOW - 730 * DAY_MS + 1 }],
  ['TRANSACTIONAL', 'CA', { method: 'INQUIRY', occurredAt: NOW - 180 * DAY_MS + 1 }],
  ['MARKETING', null, {}],
])('%s in %s is allowed by %j', (purpose, region, over) => {
  const decision = decide([over], { purpose, region });
  expect(decision).toMatchObject({ allowed: true, consentId: 'c1', policyVersion: '2026-11' });
});

test.each<[string, Purpose, string | null, Partial<StandingConsent>]>([
  ['CONSENT_WITHDRAWN', 'TRANSACTIONAL', 'AT', { action: 'WITHDRAWN' }],
  ['CONSENT_WITHDRAWN', 'TRANSACTIONAL', 'AT', { action: 'WITHDRAWN', expiresAt: 0 }],
  ['CONSENT_EXPIRED', 'TRANSACTIONAL', 'AT', { expiresAt: NOW }],
  ['CONSENT_EXPIRED', 'TRANSACTIONAL', 'AT', { expiresAt: Number.NaN }],
  ['CONSENT_MISSING', 'MARKETING', 'US', { method: 'RELATIONSHIP' }],
  ['CONSENT_MISSING', 'ANALYTICS', 'AT', { method: 'RELATIONSHIP' }],
  ['CONSENT_MISSING', 'TRANSACTIONAL', 'AT', { method: 'INQUIRY' }],
  ['CONSENT_MISSING', 'TRANSACTIONAL', null, { method: 'RELATIONSHIP' }],
  ['CONSENT_MISSING', 'TRANSACTIONAL', 'XX', { method: 'RELATIONSHIP' }],
  [
    'CONSENT_EXPIRED',
    'TRANSACTIONAL',
    'CA',
    { method: 'RELATIONSHIP', occurredAt: NOW - 730 * DAY_MS },
  ],
  ['CONSENT_EXPIRED', 'TRANSACTIONAL', 'CA', { method: 'INQUIRY', occurredAt: NOW - 180 * DAY_MS }],
  ['CONSENT_MISSING', 'MARKETING', 'AT', { method: 'A_METHOD_OF_NEXT_YEAR' as never }],
  ['CONSENT_AMBIGUOUS', 'TRANSACTIONAL', 'AT', { action: 'AN_ACTION_OF_NEXT_YEAR' as never }],
])('%s: %s in %s is refused by %j', (reason, purpose, region, over) => {
  const decision = decide([over], { purpose, region });
  expect(decision).toMatchObject({ allowed: false, reason, consentId: 'c1' });
});

test('silence is no consent', () => {
  expect(decide([])).toEqual({
    allowed: false,
    reason: 'CONSENT_MISSING',
    consentId: null,
    policyVersion: null,
    expiresAt: null,
    ruleSet: 'GDPR',
  });
});

test('a suppression comes before any consent', () => {
  const decision = decide([{}], { suppressed: true });
  expect(decision).toMatchObject({ allowed: false, reason: 'CONSENT_SUPPRESSED' });
});

test('an implied consent says when the rules of the region end it', () => {
  const occurredAt = NOW - DAY_MS;
  const decision = decide([{ method: 'RELATIONSHIP' }], { region: 'CA' });
  expect(decision.expiresAt).toBe(occurredAt + 730 * DAY_MS);
  expect(decide([{ method: 'RELATIONSHIP' }], { region: 'AT' }).expiresAt).toBeNull();
});

test.each<[string, string | null, readonly Partial<StandingConsent>[], boolean]>([
  ['a CPRA opt-out leaves a GDPR consent', 'AT', [{ regulation: 'GDPR' }, cpra('WITHDRAWN')], true],
  ['a CPRA consent counts for nothing in Austria', 'AT', [cpra('GRANTED')], false],
  ['a CPRA opt-out counts in California', 'US-CA', [{}, cpra('WITHDRAWN')], false],
  [
    'a CPRA opt-out counts where the state is not known',
    'US',
    [{ regulation: 'TCPA' }, cpra('WITHDRAWN')],
    false,
  ],
  [
    'any opt-out counts where the country is not known',
    null,
    [{ recordedAt: NOW - 2 * DAY_MS }, cpra('WITHDRAWN')],
    false,
  ],
  ['a scoped consent counts for nothing there', null, [cpra('GRANTED')], false],
  [
    'a withdrawal everywhere ends a GDPR consent',
    'AT',
    [{ regulation: 'GDPR' }, { action: 'WITHDRAWN', occurredAt: NOW, recordedAt: NOW }],
    false,
  ],
  [
    'a later GDPR consent outlives it',
    'AT',
    [
      { action: 'WITHDRAWN' },
      {
        regulation: 'GDPR',
        occurredAt: NOW - DAY_MS + CLOCK_SKEW_MS + 1,
        recordedAt: NOW,
      },
    ],
    true,
  ],
])('%s', (_, region, records, allowed) => {
  expect(decide(records, { region }).allowed).toBe(allowed);
});

function cpra(action: StandingConsent['action']): Partial<StandingConsent> {
  return { consentId: 'c2', regulation: 'CPRA', action, occurredAt: NOW, recordedAt: NOW };
}
