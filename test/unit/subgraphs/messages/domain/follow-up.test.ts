// The follow-up list after an end that nobody was sure of: mail that comes back, and what arrives late.
import { describe, expect, it } from '@jest/globals';
import { followUpChange } from '../../../../../subgraphs/messages/domain/follow-up.ts';
import type { MessageState } from '../../../../../subgraphs/messages/domain/message-state.ts';
import type { FailureCode, MessageStatus } from '../../../../../schema/vocabulary.ts';
import {
  accepted,
  claimed,
  EMAIL,
  live,
  newMessage,
  RCS,
  received,
  surroundings,
} from '../../../../support/lifecycle.ts';

/** What the list learns when a report comes after the message had ended so. */
function learnt(
  state: MessageState,
  endStatus: MessageStatus,
  ...[attemptId, type, code]: [string, 'FAILED' | 'DELIVERED', FailureCode?]
) {
  const before: MessageState = { ...state, phase: 'ENDED' };
  const after = live(surroundings(), before, received(attemptId, type, code ?? null)).state;
  return followUpChange({ before, after, endStatus, end: undefined });
}
const taken = (attemptId: string) => ({ ...claimed(), attemptId });
const mailed = (): MessageState =>
  live(surroundings(), newMessage(surroundings(), { plan: [EMAIL] }), claimed(), accepted('att-1'))
    .state;
/** Both were handed over, by RCS and by email. */
const alerted = (): MessageState => {
  const at = surroundings();
  const fresh = newMessage(at, { plan: [EMAIL, RCS], lineCount: 2 });
  return live(at, fresh, taken('att-1'), accepted('att-1'), taken('att-2'), accepted('att-2'))
    .state;
};

describe('after an end as SENT', () => {
  it('a bounce puts the message onto the list', () => {
    expect(learnt(mailed(), 'SENT', 'att-1', 'FAILED', 'INVALID_RECIPIENT')).toEqual({
      kind: 'open',
      reason: 'PERMANENT_FAILURE',
    });
  });

  it('what the person did not want does not', () => {
    expect(learnt(mailed(), 'SENT', 'att-1', 'FAILED', 'OPTED_OUT')).toBeNull();
  });

  it('a failure of one of several lines does only when no other provider has it', () => {
    const both = alerted();
    expect(learnt(both, 'SENT', 'att-2', 'FAILED', 'UNREACHABLE')).toBeNull();
    const one = live(surroundings(), both, received('att-2', 'FAILED', 'UNREACHABLE')).state;
    expect(learnt(one, 'SENT', 'att-1', 'FAILED', 'UNREACHABLE')).toMatchObject({ kind: 'open' });
  });

  it('a delivery takes it off again', () => {
    expect(learnt(mailed(), 'SENT', 'att-1', 'DELIVERED')).toEqual({ kind: 'close' });
    expect(learnt(mailed(), 'CANCELLED', 'att-1', 'DELIVERED')).toBeNull();
  });
});
