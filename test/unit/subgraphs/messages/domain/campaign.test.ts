// The rules of campaigns: their states, their pace, and the reason that a refused person is counted under.
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { RejectionReason } from '../../../../../schema/vocabulary.ts';
import {
  defaultPace,
  peopleNow,
  restAfter,
} from '../../../../../subgraphs/messages/domain/campaign-pace.ts';
import {
  countRefusals,
  nearestReason,
} from '../../../../../subgraphs/messages/domain/campaign-refusal.ts';
import {
  isEnded,
  movedCampaign,
  type CampaignMove,
} from '../../../../../subgraphs/messages/domain/campaign-state.ts';
import type { Decision } from '../../../../../subgraphs/messages/domain/decision.ts';
import { CampaignState } from '../../../../../schema/vocabulary-campaigns.ts';

const states = Object.values(CampaignState);
const moves: CampaignMove[] = ['BEGIN', 'PAUSE', 'RESUME', 'CANCEL', 'COMPLETE', 'EXPIRE'];
const AT_ONCE = { sendAt: null, now: 0 };

describe('a campaign', () => {
  test('that has ended stays as it is, and every other one can be cancelled', () => {
    for (const state of states) {
      const next = moves.map((move) => movedCampaign(state, move, AT_ONCE));
      if (isEnded(state)) expect(next).toEqual(moves.map(() => null));
      else expect(movedCampaign(state, 'CANCEL', AT_ONCE)).toBe('CANCELLED');
    }
    expect(states.filter(isEnded)).toEqual(['COMPLETED', 'CANCELLED', 'EXPIRED']);
  });

  test.each([
    ['SCHEDULED', 10],
    ['RUNNING', 9],
  ])('that is resumed is %s where it begins at %i and it is 9', (state, sendAt) => {
    expect(movedCampaign('PAUSED', 'RESUME', { sendAt, now: 9 })).toBe(state);
  });

  test('never has more waiting than there is room for, nor more a second than was asked', () => {
    fc.assert(
      fc.property(
        fc.nat(3_000),
        fc.option(fc.integer({ min: 1, max: 10_000 })),
        (waitingCount, messagesPerSecond) => {
          const people = peopleNow(defaultPace, { waitingCount, messagesPerSecond });
          expect(waitingCount + people).toBeLessThanOrEqual(
            Math.max(defaultPace.waitingMax, waitingCount),
          );
          expect(people).toBeLessThanOrEqual(defaultPace.peopleMax);
          const rate = people / (restAfter(people, messagesPerSecond) / 1_000);
          if (people > 0 && messagesPerSecond !== null) expect(rate).toBeCloseTo(messagesPerSecond);
        },
      ),
    );
    expect(peopleNow(defaultPace, { waitingCount: 0, messagesPerSecond: null })).toBe(200);
  });
});

describe('a refused person', () => {
  const decided = (...reasons: RejectionReason[][]): Decision => ({
    policyVersion: '1',
    decidedAt: '2026-11-20T12:00:00.000Z',
    capabilities: [],
    candidates: reasons.map((some) => ({
      channel: 'SMS',
      protection: 'CLEAR',
      provider: null,
      score: 0,
      rank: null,
      consentId: null,
      reasons: some,
    })),
  });

  test.each<[RejectionReason | null, RejectionReason[][]]>([
    ['NOT_CAPABLE', [['NO_ADDRESS', 'CONSENT_MISSING'], ['NOT_CAPABLE']]],
    ['CONSENT_WITHDRAWN', [['NOT_CAPABLE'], ['CONSENT_WITHDRAWN']]],
    ['OPTED_OUT', [['CHANNEL_NOT_IN_TEMPLATE'], ['OPTED_OUT', 'QUIET_HOURS']]],
    ['CHANNEL_NOT_IN_TEMPLATE', [['CHANNEL_NOT_IN_TEMPLATE']]],
    [null, []],
  ])('is counted as %s', (reason, candidates) => {
    expect(nearestReason(decided(...candidates))).toBe(reason);
  });

  test('is counted once, beside those of the pages before', () => {
    const silent = { code: 'CONSENT_REFUSED', reason: 'CONSENT_MISSING' } as const;
    const gone = { code: 'NOT_FOUND', reason: null } as const;
    expect(countRefusals([{ ...silent, count: 2 }], [gone, silent, gone])).toEqual([
      { ...silent, count: 3 },
      { ...gone, count: 2 },
    ]);
  });
});
