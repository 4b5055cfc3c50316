// Decisions: one clear yes, and a reason for everything else.
import { expect, test } from '@jest/globals';
import type { Purpose } from '../../../../../schema/vocabulary.ts';
import {
  decideConsent,
  type StandingConsent,
} from '../../../../../subgraphs/consent/domain/consent-decision.ts';

const NOW = 1_000;
const standing = (over: Partial<StandingConsent> = {}): StandingConsent => ({
  consentId: 'c1',
  action: 'GRANTED',
  method: 'CHECKBOX',
  expiresAt: null,
  ...over,
});

test.each<[Purpose, Partial<StandingConsent>]>([
  ['TRANSACTIONAL', {}],
  ['TRANSACTIONAL', { method: 'RELATIONSHIP' }],
  ['MARKETING', {}],
  ['MARKETING', { method: 'KEYWORD', expiresAt: NOW + 1 }],
])('%s is allowed by %j', (purpose, over) => {
  expect(decideConsent(standing(over), purpose, NOW)).toEqual({ allowed: true, consentId: 'c1' });
});

test.each<[string, Purpose, Partial<StandingConsent>]>([
  ['CONSENT_WITHDRAWN', 'TRANSACTIONAL', { action: 'WITHDRAWN' }],
  ['CONSENT_WITHDRAWN', 'TRANSACTIONAL', { action: 'WITHDRAWN', expiresAt: 0 }],
  ['CONSENT_EXPIRED', 'TRANSACTIONAL', { expiresAt: NOW }],
  ['CONSENT_EXPIRED', 'TRANSACTIONAL', { expiresAt: Number.NaN }],
  ['CONSENT_MISSING', 'MARKETING', { method: 'RELATIONSHIP' }],
  ['CONSENT_MISSING', 'MARKETING', { method: 'A_METHOD_OF_NEXT_YEAR' as never }],
  ['CONSENT_AMBIGUOUS', 'TRANSACTIONAL', { action: 'AN_ACTION_OF_NEXT_YEAR' as never }],
])('%s: %s is refused by %j', (reason, purpose, over) => {
  const decision = decideConsent(standing(over), purpose, NOW);
  expect(decision).toEqual({ allowed: false, reason, consentId: 'c1' });
});

test('silence is no consent', () => {
  const decision = decideConsent(null, 'TRANSACTIONAL', NOW);
  expect(decision).toEqual({ allowed: false, reason: 'CONSENT_MISSING', consentId: null });
});
