// Statements about consent: what cannot be put on record.
import { expect, test } from '@jest/globals';
import {
  checkStatement,
  CLOCK_SKEW_MS,
  type ConsentStatement,
} from '../../../../../subgraphs/consent/domain/consent-record.ts';

const NOW = 1_000_000_000;
const statement = (over: Partial<ConsentStatement> = {}): ConsentStatement => ({
  action: 'GRANTED',
  purpose: 'MARKETING',
  channels: ['SMS'],
  source: 'WEB',
  method: 'CHECKBOX',
  jurisdiction: 'AT',
  policyVersion: '2026-11',
  occurredAt: null,
  expiresAt: null,
  idempotencyKey: null,
  ...over,
});

test.each<Partial<ConsentStatement>>([
  {},
  { jurisdiction: 'US-CA', channels: ['SMS', 'EMAIL'], idempotencyKey: 'k' },
  { occurredAt: NOW + CLOCK_SKEW_MS },
  { occurredAt: NOW - 1_000, expiresAt: NOW },
  { purpose: 'TRANSACTIONAL', method: 'RELATIONSHIP' },
  { action: 'WITHDRAWN', method: 'RELATIONSHIP' },
])('%j can be recorded', (over) => {
  expect(checkStatement(statement(over), NOW)).toEqual([]);
});

test.each<[keyof ConsentStatement, Partial<ConsentStatement>]>([
  ['channels', { channels: [] }],
  ['channels', { channels: ['SMS', 'SMS'] }],
  ['jurisdiction', { jurisdiction: 'Austria' }],
  ['policyVersion', { policyVersion: ' ' }],
  ['policyVersion', { policyVersion: 'x'.repeat(129) }],
  ['idempotencyKey', { idempotencyKey: '' }],
  ['occurredAt', { occurredAt: NOW + CLOCK_SKEW_MS + 1 }],
  ['expiresAt', { expiresAt: NOW }],
  ['expiresAt', { occurredAt: NOW - 10, expiresAt: NOW - 10 }],
  ['method', { method: 'RELATIONSHIP' }],
])('a fault of %s is named: %j', (field, over) => {
  expect(checkStatement(statement(over), NOW).map(({ path }) => path)).toEqual([[field]]);
});
