// What a delivery proves, and which beliefs it overturns.
import { describe, expect, it } from '@jest/globals';
import {
  UNKNOWN_TTL_MS,
  type CheckedCapability,
} from '../../../../../subgraphs/recipients/domain/capability.ts';
import {
  contradicted,
  probeDelayMs,
  reachedBy,
} from '../../../../../subgraphs/recipients/domain/outcome.ts';
import { DeliveryEventType, FailureCode } from '../../../../../schema/vocabulary.ts';

const NOW = 10_000_000;
const belief = (supported: CheckedCapability['supported']): CheckedCapability => ({
  supported,
  nativeE2ee: 'YES',
  features: ['CARD'],
  carrier: 'A1',
  source: 'google-rbm',
  checkedAt: NOW - 1_000,
  expiresAt: NOW + 9_000,
});

describe('an event of a delivery', () => {
  it('proves reach by a delivery alone, and its lack by two failures alone', () => {
    const proofs = Object.values(DeliveryEventType).flatMap((type) =>
      Object.values(FailureCode).map((failureCode) => reachedBy({ type, failureCode })),
    );
    expect(proofs.filter((proof) => proof === false)).toHaveLength(2);
    expect(reachedBy({ type: 'DELIVERED', failureCode: null })).toBe(true);
    expect(reachedBy({ type: 'FAILED', failureCode: 'UNSUPPORTED' })).toBe(false);
    expect(reachedBy({ type: 'FAILED', failureCode: 'INVALID_RECIPIENT' })).toBe(false);
    expect(reachedBy({ type: 'FAILED', failureCode: null })).toBeNull();
    expect(reachedBy({ type: 'EXPIRED', failureCode: 'EXPIRED' })).toBeNull();
  });
});

describe('an outcome', () => {
  it('overturns the opposite belief, shortly and in its own name', () => {
    const lost = contradicted(belief('YES'), { reached: false, occurredAt: NOW }, NOW);
    expect(lost).toEqual({
      ...belief('NO'),
      nativeE2ee: 'UNKNOWN',
      source: 'delivery',
      checkedAt: NOW,
      expiresAt: NOW + UNKNOWN_TTL_MS,
    });
    const found = contradicted(belief('NO'), { reached: true, occurredAt: NOW }, NOW);
    expect(found).toMatchObject({ supported: 'YES', source: 'delivery' });
  });

  it('leaves a belief that agrees, that is none, or that is newer', () => {
    const leaves = (
      stored: CheckedCapability | null,
      reached: boolean,
      occurredAt = NOW,
    ): boolean => contradicted(stored, { reached, occurredAt }, NOW) === null;
    expect(leaves(belief('YES'), true)).toBe(true);
    expect(leaves(belief('NO'), false)).toBe(true);
    expect(leaves(belief('UNKNOWN'), true)).toBe(true);
    expect(leaves(belief('UNKNOWN'), false)).toBe(true);
    expect(leaves(null, false)).toBe(true);
    expect(leaves(belief('YES'), false, NOW - 1_001)).toBe(true);
    expect(leaves(belief('YES'), false, NOW - 1_000)).toBe(false);
  });

  it('is newer than what it overturns even by a clock that is behind', () => {
    const { checkedAt } = belief('YES');
    const corrected = contradicted(
      belief('YES'),
      { reached: false, occurredAt: NOW },
      checkedAt - 60_000,
    );
    expect(corrected?.checkedAt).toBe(checkedAt + 1);
  });
});

describe('a probe', () => {
  it('is due when a tenth of the time is left, and at once after that', () => {
    expect(probeDelayMs(belief('YES'), NOW)).toBe(8_000);
    expect(probeDelayMs(belief('YES'), NOW + 8_500)).toBe(0);
    expect(probeDelayMs(belief('YES'), NOW + 60_000)).toBe(0);
  });
});
