// The life of a message when nobody knows what a provider has: what may be repeated, and what must be waited for.
import { describe, expect, it } from '@jest/globals';
import {
  claimed,
  live,
  lost,
  newMessage,
  refused,
  surroundings,
  unavailable,
  waited,
  WINDOW,
} from '../../../../support/lifecycle.ts';

const withheld = (attemptId: string) => ({ kind: 'withheld', attemptId }) as const;

describe('a try whose answer was lost', () => {
  it.each(['PROVIDER_FAULT', 'THROTTLED', 'UNKNOWN'] as const)(
    'is not made a failure by a later %s under the same id: the provider may have it',
    (code) => {
      const at = surroundings();
      const again = refused('att-1', code);
      const told = live(at, newMessage(at), claimed(), lost('att-1', true), claimed(), again);
      expect(told.state.attempts).toMatchObject([
        { state: code === 'UNKNOWN' ? 'OUTCOME_UNKNOWN' : 'SUBMITTING', failureCode: null },
      ]);
      const last = live(at, told.state, claimed(), again);
      expect(last.state.attempts).toMatchObject([{ state: 'OUTCOME_UNKNOWN', failureCode: null }]);
    },
  );

  it('is not made one either where the worker died instead of hearing an answer', () => {
    const at = surroundings();
    const busy = refused('att-1', 'THROTTLED');
    const told = live(at, newMessage(at), claimed(), busy, claimed(), claimed(), busy);
    expect(told.state.attempts).toMatchObject([{ state: 'OUTCOME_UNKNOWN', tries: 3 }]);
    expect(told.effects).toEqual([{ kind: 'wait', delayMs: WINDOW }]);
  });

  it('goes to the next route at once when the provider refuses the message for good: it never took it', () => {
    const at = surroundings();
    const never = refused('att-1', 'UNSUPPORTED');
    const told = live(at, newMessage(at), claimed(), lost('att-1', true), claimed(), never);
    expect(told.state.attempts).toMatchObject([{ state: 'FAILED' }, { state: 'PLANNED' }]);
  });

  it('does not go around a provider that is busy afterwards', () => {
    const at = surroundings();
    const told = live(
      at,
      newMessage(at),
      claimed(),
      lost('att-1', true),
      claimed(),
      refused('att-1', 'THROTTLED'),
      unavailable(WINDOW + 1),
    );
    expect(told.state.attempts).toMatchObject([{ state: 'OUTCOME_UNKNOWN' }]);
  });

  it('is not repeated under another id where the provider knows ours, though the template says RETRY', () => {
    const at = surroundings();
    const message = newMessage(at, { uncertainOutcome: 'RETRY' });
    const tries = [claimed(), lost('att-1', true)];
    const told = live(at, message, ...tries, ...tries, ...tries, waited('att-1', false, true));
    expect(told.state.attempts).toMatchObject([
      { state: 'OUTCOME_UNKNOWN', route: { channel: 'RCS' } },
      { state: 'PLANNED', route: { channel: 'SMS' } },
    ]);
  });
});

describe('an attempt that its worker withheld', () => {
  it('is as it was before the claim, and due at once', () => {
    const at = surroundings();
    const told = live(at, newMessage(at), claimed(), withheld('att-1'));
    expect(told.state.attempts).toMatchObject([{ state: 'PLANNED', tries: 0, startedAt: null }]);
    expect(told.effects).toEqual([{ kind: 'queue', provider: 'google-rbm', delayMs: 0 }]);
  });

  it('stays uncertain where an earlier try was', () => {
    const at = surroundings();
    const told = live(at, newMessage(at), claimed(), claimed(), withheld('att-1'));
    expect(told.state.attempts).toMatchObject([{ state: 'SUBMITTING', tries: 1 }]);
    const again = live(at, told.state, claimed(), refused('att-1', 'THROTTLED'));
    expect(again.state.attempts).toMatchObject([{ state: 'SUBMITTING', tries: 2 }]);
  });

  it('changes nothing when the message went on meanwhile', () => {
    const at = surroundings();
    const told = live(at, newMessage(at), claimed(false), withheld('att-1'));
    expect(told.effects).toEqual([]);
  });
});
