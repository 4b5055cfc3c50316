// Messages that go several ways at once: each line goes its own way, and one delivery is enough.
import { describe, expect, it } from '@jest/globals';
import { isCancellable } from '../../../../../subgraphs/messages/domain/lifecycle.ts';
import type { MessageState } from '../../../../../subgraphs/messages/domain/message-state.ts';
import {
  accepted,
  claimed,
  EMAIL,
  HOUR,
  live,
  newMessage,
  RCS,
  received,
  refused,
  SMS,
  surroundings,
  waited,
  WINDOW,
} from '../../../../support/lifecycle.ts';

type Fresh = ReturnType<typeof surroundings>;
const taken = (attemptId: string, repeatable = true) => ({
  ...claimed(true, repeatable),
  attemptId,
});
const alert = (at: Fresh): MessageState =>
  newMessage(at, { plan: [RCS, EMAIL, SMS], lineCount: 2 });
const bothSent = (at: Fresh): MessageState =>
  live(at, alert(at), taken('att-1'), accepted('att-1'), taken('att-2'), accepted('att-2')).state;
const statesOf = ({ attempts }: MessageState): string[] =>
  attempts.map(({ line, route, state }) => `${line} ${route.channel} ${state}`);

describe('a message on two lines', () => {
  it('begins with the two best routes, each with a task of its own', () => {
    const at = surroundings();
    const { state } = live(at, alert(at), taken('att-1'));
    expect(statesOf(state)).toEqual(['1 RCS SUBMITTING', '2 EMAIL PLANNED']);
    const both = live(at, state, taken('att-2'));
    expect(both.effects).toEqual([{ kind: 'submit', attemptId: 'att-2' }]);
    expect(live(at, both.state, accepted('att-1')).effects).toEqual([
      { kind: 'wait', delayMs: WINDOW },
    ]);
    expect(live(at, both.state, accepted('att-2')).effects).toEqual([
      { kind: 'wait', delayMs: HOUR, task: 2 },
    ]);
  });

  it('falls back to a route that no line has taken, and ends a line that has none left', () => {
    const at = surroundings();
    const first = live(at, bothSent(at), received('att-1', 'FAILED', 'UNSUPPORTED'));
    expect(statesOf(first.state)).toEqual(['1 RCS FAILED', '2 EMAIL SENT', '1 SMS PLANNED']);
    expect(first.effects).toEqual([{ kind: 'queue', provider: SMS.provider, delayMs: 0 }]);
    const second = live(at, first.state, received('att-2', 'FAILED', 'INVALID_RECIPIENT'));
    expect(statesOf(second.state)).toEqual(['1 RCS FAILED', '2 EMAIL FAILED', '1 SMS PLANNED']);
    expect(second).toMatchObject({ state: { phase: 'ACTIVE' }, effects: [] });
  });

  it('gives the fallback of another line a new task, and leaves what its holder has in hand', () => {
    const at = surroundings();
    const reported = live(at, bothSent(at), received('att-2', 'FAILED', 'INVALID_RECIPIENT'));
    expect(reported.effects).toEqual([
      { kind: 'queue', provider: SMS.provider, delayMs: 0, task: 3 },
    ]);
    // The task that is left behind is due one day, and settles itself.
    const left = live(at, reported.state, waited('att-2'));
    expect(left).toEqual({ state: reported.state, effects: [{ kind: 'settle', task: 2 }] });
    const again = surroundings();
    const bounced = refused('att-2', 'INVALID_RECIPIENT');
    const answered = live(again, alert(again), taken('att-2'), bounced);
    expect(answered.effects).toEqual([
      { kind: 'settle', task: 2 },
      { kind: 'queue', provider: SMS.provider, delayMs: 0, task: 3 },
    ]);
  });

  it('is delivered by any line; what the others handed over is not taken back', () => {
    const at = surroundings();
    const { state, effects } = live(at, bothSent(at), received('att-2', 'DELIVERED'));
    expect(state.phase).toBe('ENDED');
    expect(statesOf(state)).toEqual(['1 RCS SENT', '2 EMAIL DELIVERED']);
    expect(effects).toEqual([{ kind: 'settle' }]);
    const read = live(at, state, received('att-1', 'DELIVERED'));
    expect(statesOf(read.state)).toEqual(['1 RCS DELIVERED', '2 EMAIL DELIVERED']);
  });

  it('skips what is not yet handed over once a line delivered, and keeps what is answered later', () => {
    const at = surroundings();
    const planned = live(at, alert(at), taken('att-1'), received('att-1', 'READ'));
    expect(statesOf(planned.state)).toEqual(['1 RCS READ', '2 EMAIL SKIPPED']);
    const late = live(at, planned.state, taken('att-2'));
    expect(late).toEqual({ state: planned.state, effects: [{ kind: 'settle', task: 2 }] });
    const again = surroundings();
    const racing = live(
      again,
      alert(again),
      taken('att-1'),
      taken('att-2'),
      received('att-1', 'READ'),
    );
    const answer = live(again, racing.state, refused('att-2', 'THROTTLED'));
    expect(statesOf(answer.state)).toEqual(['1 RCS READ', '2 EMAIL FAILED']);
    expect(answer.effects).toEqual([{ kind: 'settle', task: 2 }]);
  });

  it('ends when the last line does', () => {
    const at = surroundings();
    const lost = live(
      at,
      bothSent(at),
      received('att-1', 'FAILED', 'UNSUPPORTED'),
      received('att-2', 'FAILED', 'INVALID_RECIPIENT'),
      taken('att-3'),
      refused('att-3', 'UNREACHABLE', HOUR),
    );
    expect(lost.state.phase).toBe('ENDED');
    expect(lost.effects).toContainEqual({
      kind: 'end',
      status: 'UNDELIVERABLE',
      reason: 'RETRIES_EXHAUSTED',
    });
  });

  it('ends as SENT when it expires and a silent provider has it', () => {
    const at = surroundings();
    const failed = live(
      at,
      bothSent(at),
      received('att-1', 'FAILED', 'UNSUPPORTED'),
      taken('att-3'),
      refused('att-3', 'INVALID_RECIPIENT'),
    );
    expect(failed.effects).toEqual([{ kind: 'settle' }]);
    at.now = HOUR;
    expect(live(at, failed.state, waited('att-2')).effects).toEqual([
      { kind: 'settle', task: 2 },
      { kind: 'end', status: 'SENT', reason: 'NO_FAILURE_REPORTED' },
    ]);
  });

  it('waits on a line that knows no outcome for as long as another may deliver', () => {
    const at = surroundings();
    const unknown = { kind: 'answered', attemptId: 'att-2', outcome: { kind: 'unknown' } } as const;
    const sent = live(at, alert(at), taken('att-1'), accepted('att-1'), taken('att-2', false));
    const lost = live(at, sent.state, { ...unknown, repeatable: false });
    expect(live(at, lost.state, waited('att-2')).effects).toEqual([
      { kind: 'wait', delayMs: HOUR, task: 2 },
    ]);
  });

  it('can be cancelled while no line has begun, and not after', () => {
    const at = surroundings();
    const fresh = alert(at);
    expect(isCancellable(fresh)).toBe(true);
    const { state, effects } = live(at, fresh, { kind: 'cancelled' });
    expect(statesOf(state)).toEqual(['1 RCS SKIPPED', '2 EMAIL SKIPPED']);
    expect(effects).toContainEqual({ kind: 'end', status: 'CANCELLED', reason: 'CANCELLED' });
    expect(isCancellable(live(at, fresh, taken('att-2')).state)).toBe(false);
  });
});
