// The life of a message, step by step: what is done next, and what never is.
import { describe, expect, it } from '@jest/globals';
import {
  accepted,
  claimed,
  HOUR,
  live,
  lost,
  newMessage,
  received,
  refused,
  SMS,
  surroundings,
  waited,
  WINDOW,
} from '../../../../support/lifecycle.ts';

const states = (told: { state: { attempts: readonly { state: string }[] } }): string[] =>
  told.state.attempts.map(({ state }) => state);

describe('a claimed attempt', () => {
  it('is handed over once, and its start is remembered', () => {
    const at = surroundings();
    at.now = 5;
    const told = live(at, newMessage(at), claimed());
    expect(told.effects).toEqual([{ kind: 'submit', attemptId: 'att-1' }]);
    expect(told.state.attempts).toMatchObject([{ state: 'SUBMITTING', tries: 1, startedAt: 5 }]);
  });

  it('is handed over again under the same id after a crash, where the provider takes it once', () => {
    const at = surroundings();
    const told = live(at, newMessage(at), claimed(), claimed());
    expect(told.effects).toEqual([{ kind: 'submit', attemptId: 'att-1' }]);
    expect(told.state.attempts).toMatchObject([{ state: 'SUBMITTING', tries: 2 }]);
  });

  it('is not handed over again after a crash, where the provider would take it twice', () => {
    const at = surroundings();
    const told = live(at, newMessage(at), claimed(true, false), claimed(true, false));
    expect(states(told)).toEqual(['OUTCOME_UNKNOWN']);
    expect(told.effects).toEqual([{ kind: 'wait', delayMs: WINDOW }]);
  });

  it('is skipped for the next route when permission is gone', () => {
    const at = surroundings();
    const told = live(at, newMessage(at), claimed(false));
    expect(states(told)).toEqual(['SKIPPED', 'PLANNED']);
    expect(told.effects).toEqual([{ kind: 'queue', provider: 'twilio', delayMs: 0 }]);
    expect(told.state.attempts[1]).toMatchObject({ fallbackReason: 'PERMISSION_LOST' });
  });

  it('is waited for, and not overtaken by the next route, when permission is gone after a crash', () => {
    const at = surroundings();
    const told = live(at, newMessage(at), claimed(), claimed(false));
    expect(states(told)).toEqual(['OUTCOME_UNKNOWN']);
    expect(told.effects).toEqual([{ kind: 'wait', delayMs: WINDOW }]);
  });

  it('ends the message as suppressed when no route has permission', () => {
    const at = surroundings();
    const told = live(at, newMessage(at), claimed(false), claimed(false));
    expect(told.state.phase).toBe('ENDED');
    expect(told.effects).toContainEqual({
      kind: 'end',
      status: 'SUPPRESSED',
      reason: 'PERMISSION_LOST',
    });
  });

  it('is never handed over after the message has expired', () => {
    const at = surroundings();
    at.now = HOUR;
    const told = live(at, newMessage(at), claimed());
    expect(states(told)).toEqual(['SKIPPED']);
    expect(told.effects).toContainEqual({ kind: 'end', status: 'EXPIRED', reason: 'EXPIRED' });
  });

  it('ends the message as failed when it cannot be handed over by any route', () => {
    const at = surroundings();
    const told = live(at, newMessage(at), claimed(), { kind: 'broken' });
    expect(states(told)).toEqual(['FAILED']);
    expect(told.effects).toContainEqual(expect.objectContaining({ kind: 'end', status: 'FAILED' }));
  });
});

describe('an answer', () => {
  it('that accepts starts the wait for a receipt', () => {
    const at = surroundings();
    const told = live(at, newMessage(at), claimed(), accepted('att-1'));
    expect(states(told)).toEqual(['SENT']);
    expect(told.effects).toEqual([{ kind: 'wait', delayMs: WINDOW }]);
  });

  it('on the last route is waited for as long as the message is good', () => {
    const at = surroundings();
    const told = live(at, newMessage(at, { plan: [SMS] }), claimed(), accepted('att-1'));
    expect(told.effects).toEqual([{ kind: 'wait', delayMs: HOUR }]);
  });

  it.each(['INVALID_RECIPIENT', 'UNSUPPORTED', 'BLOCKED', 'INVALID_CONTENT', 'AUTH'] as const)(
    'of %s goes to the next route at once',
    (code) => {
      const at = surroundings();
      const told = live(at, newMessage(at), claimed(), refused('att-1', code));
      expect(told.state.attempts).toMatchObject([
        { state: 'FAILED', failureCode: code },
        { state: 'PLANNED', fallbackReason: 'PERMANENT_FAILURE' },
      ]);
      expect(told.effects).toEqual([{ kind: 'queue', provider: 'twilio', delayMs: 0 }]);
    },
  );

  it('that the person opted out ends the message: it is no matter of the route', () => {
    const at = surroundings();
    const told = live(at, newMessage(at), claimed(), refused('att-1', 'OPTED_OUT'));
    expect(told.state.attempts).toHaveLength(1);
    expect(told.effects).toContainEqual({ kind: 'end', status: 'SUPPRESSED', reason: 'OPTED_OUT' });
  });

  it('of a passing fault is tried three times on the route, later each time, then on the next', () => {
    const at = surroundings();
    const fault = refused('att-1', 'PROVIDER_FAULT');
    const first = live(at, newMessage(at), claimed(), fault);
    expect(first.effects).toEqual([{ kind: 'queue', provider: 'google-rbm', delayMs: 1_000 }]);
    const second = live(at, first.state, claimed(), fault);
    expect(second.effects).toEqual([{ kind: 'queue', provider: 'google-rbm', delayMs: 2_000 }]);
    const third = live(at, second.state, claimed(), fault);
    expect(third.state.attempts).toMatchObject([
      { state: 'FAILED', tries: 3 },
      { fallbackReason: 'RETRIES_EXHAUSTED' },
    ]);
  });

  it('that names a time to come again is believed, unless the route’s five minutes are over by then', () => {
    const at = surroundings();
    const soon = live(at, newMessage(at), claimed(), refused('att-1', 'THROTTLED', 7_000));
    expect(soon.effects).toEqual([{ kind: 'queue', provider: 'google-rbm', delayMs: 7_000 }]);
    const late = live(at, newMessage(at), claimed(), refused('att-2', 'THROTTLED', 301_000));
    expect(late.effects).toEqual([{ kind: 'queue', provider: 'twilio', delayMs: 0 }]);
  });

  it('that was lost is asked for again under the same id where that is safe', () => {
    const at = surroundings();
    const told = live(at, newMessage(at), claimed(), lost('att-1', true));
    expect(states(told)).toEqual(['SUBMITTING']);
    expect(told.effects).toMatchObject([{ kind: 'queue', provider: 'google-rbm' }]);
  });

  it('that was lost is waited for where it is not', () => {
    const at = surroundings();
    const told = live(at, newMessage(at), claimed(true, false), lost('att-1', false));
    expect(states(told)).toEqual(['OUTCOME_UNKNOWN']);
    expect(told.effects).toEqual([{ kind: 'wait', delayMs: WINDOW }]);
  });

  it('that a receipt has overtaken changes nothing', () => {
    const at = surroundings();
    const told = live(
      at,
      newMessage(at),
      claimed(),
      received('att-1', 'DELIVERED'),
      accepted('att-1'),
    );
    expect(states(told)).toEqual(['DELIVERED']);
    expect(told.effects).toEqual([]);
  });
});

describe('the end of the wait', () => {
  it.each([
    [true, 'REVOKED'],
    [false, 'EXPIRED'],
  ] as const)('goes to the next route (revocation confirmed: %s)', (revoked, state) => {
    const at = surroundings();
    const told = live(at, newMessage(at), claimed(), accepted('att-1'), waited('att-1', revoked));
    expect(states(told)).toEqual([state, 'PLANNED']);
    expect(told.state.attempts[1]).toMatchObject({ fallbackReason: 'NO_RECEIPT_IN_WINDOW' });
  });

  it('on the last route ends the message as expired', () => {
    const at = surroundings();
    const message = newMessage(at, { plan: [SMS] });
    const told = live(at, message, claimed(), accepted('att-1'), waited('att-1'));
    expect(told.effects).toContainEqual(
      expect.objectContaining({ kind: 'end', status: 'EXPIRED' }),
    );
  });

  it('holds a message whose outcome nobody knows, where its template says so', () => {
    const at = surroundings();
    const message = newMessage(at, { plan: [SMS], uncertainOutcome: 'HOLD' });
    const told = live(at, message, claimed(true, false), lost('att-1', false), waited('att-1'));
    expect(told.state.attempts).toHaveLength(1);
    expect(told.effects).toContainEqual({
      kind: 'end',
      status: 'UNDELIVERABLE',
      reason: 'OUTCOME_UNKNOWN_HELD',
    });
  });

  it('repeats it once, as another attempt, where its template says RETRY', () => {
    const at = surroundings();
    const message = newMessage(at, { plan: [SMS], uncertainOutcome: 'RETRY' });
    const once = live(at, message, claimed(true, false), lost('att-1', false), waited('att-1'));
    expect(states(once)).toEqual(['OUTCOME_UNKNOWN', 'PLANNED']);
    const twice = live(at, once.state, claimed(true, false), lost('att-2', false), waited('att-2'));
    expect(twice.state).toMatchObject({ phase: 'ENDED', attempts: [{}, {}] });
  });

  it('of an earlier attempt changes nothing', () => {
    const at = surroundings();
    const told = live(
      at,
      newMessage(at),
      claimed(),
      refused('att-1', 'UNSUPPORTED'),
      waited('att-1'),
    );
    expect(states(told)).toEqual(['FAILED', 'PLANNED']);
    expect(told.effects).toEqual([]);
  });
});
