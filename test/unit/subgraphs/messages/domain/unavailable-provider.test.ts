// A message whose provider is left alone for a while: it goes around it, or waits, and is never doubled.
import { describe, expect, it } from '@jest/globals';
import {
  claimed,
  unavailable,
  HOUR,
  live,
  lost,
  newMessage,
  RCS,
  refused,
  SMS,
  surroundings,
  WINDOW,
} from '../../../../support/lifecycle.ts';

const EMAIL = { channel: 'EMAIL', protection: 'CLEAR', provider: 'post' } as const;

describe('a due attempt whose provider is unavailable', () => {
  it('goes to the next route at once, and says why', () => {
    const at = surroundings();
    const told = live(at, newMessage(at), unavailable(10_000));
    expect(told.effects).toEqual([{ kind: 'queue', provider: 'twilio', delayMs: 0 }]);
    expect(told.state.attempts).toMatchObject([
      { state: 'SKIPPED', tries: 0 },
      { state: 'PLANNED', route: SMS, fallbackReason: 'PROVIDER_UNAVAILABLE' },
    ]);
  });

  it('passes over routes whose providers are unavailable as well', () => {
    const at = surroundings();
    const message = newMessage(at, { plan: [RCS, SMS, EMAIL] });
    const told = live(at, message, unavailable(10_000, ['google-rbm', 'twilio']));
    expect(told.effects).toEqual([{ kind: 'queue', provider: 'post', delayMs: 0 }]);
  });

  it('waits until its provider is back when no other route is left', () => {
    const at = surroundings();
    const message = newMessage(at, { plan: [RCS] });
    const told = live(at, message, unavailable(10_000));
    expect(told.effects).toEqual([{ kind: 'queue', provider: 'google-rbm', delayMs: 10_000 }]);
    expect(told.state).toEqual(message);
  });

  it('waits no longer than it is good for, and expires then', () => {
    const at = surroundings();
    at.now = HOUR - 4_000;
    const put = live(at, newMessage(at, { plan: [RCS] }), unavailable(10_000));
    expect(put.effects).toEqual([{ kind: 'queue', provider: 'google-rbm', delayMs: 4_000 }]);
    at.now = HOUR;
    const told = live(at, put.state, unavailable(6_000));
    expect(told.effects).toContainEqual({ kind: 'end', status: 'EXPIRED', reason: 'EXPIRED' });
  });

  it('ends the message when its provider is gone for good and no other route is left', () => {
    const at = surroundings();
    const told = live(at, newMessage(at, { plan: [RCS] }), unavailable(null));
    expect(told.state.attempts).toMatchObject([{ state: 'SKIPPED' }]);
    const reason = 'PROVIDER_UNAVAILABLE';
    expect(told.effects).toContainEqual({ kind: 'end', status: 'UNDELIVERABLE', reason });
  });

  it('counts as failed when it was tried before', () => {
    const at = surroundings();
    const tried = live(at, newMessage(at), claimed(), refused('att-1', 'PROVIDER_FAULT'));
    const told = live(at, tried.state, unavailable(10_000));
    expect(told.state.attempts).toMatchObject([
      { state: 'FAILED', failureCode: 'PROVIDER_FAULT' },
      { state: 'PLANNED' },
    ]);
  });

  it('is not overtaken by another route where its answer was lost, and is repeated in its window alone', () => {
    const at = surroundings();
    const { state } = live(at, newMessage(at), claimed(), lost('att-1', true));
    at.now = 20_000;
    const put = live(at, state, unavailable(10_000));
    expect(put.effects).toEqual([{ kind: 'queue', provider: 'google-rbm', delayMs: 10_000 }]);
    expect(put.state.attempts).toMatchObject([{ state: 'SUBMITTING', tries: 1 }]);
    expect(live(at, state, unavailable(null)).state.attempts).toMatchObject([
      { state: 'OUTCOME_UNKNOWN' },
    ]);
    at.now = 20_001;
    const told = live(at, put.state, unavailable(10_000));
    expect(told.state.attempts).toMatchObject([{ state: 'OUTCOME_UNKNOWN' }]);
    expect(told.effects).toEqual([{ kind: 'wait', delayMs: WINDOW }]);
  });
});
