// Receipts in the life of a message: what a provider reports, early, late, or after the end.
import { describe, expect, it } from '@jest/globals';
import {
  accepted,
  claimed,
  EMAIL,
  HOUR,
  live,
  lost,
  newMessage,
  received,
  SMS,
  surroundings,
  waited,
  WINDOW,
} from '../../../../support/lifecycle.ts';

const states = (told: { state: { attempts: readonly { state: string }[] } }): string[] =>
  told.state.attempts.map(({ state }) => state);

describe('a receipt', () => {
  it('of a delivery settles the message', () => {
    const at = surroundings();
    const told = live(
      at,
      newMessage(at),
      claimed(),
      accepted('att-1'),
      received('att-1', 'DELIVERED'),
    );
    expect(told.state.phase).toBe('ENDED');
    expect(told.effects).toEqual([{ kind: 'settle' }]);
  });

  it('that comes before the answer of the provider settles it as well', () => {
    const at = surroundings();
    const told = live(at, newMessage(at), claimed(), received('att-1', 'READ'));
    expect(states(told)).toEqual(['READ']);
    expect(told.effects).toEqual([{ kind: 'settle' }]);
  });

  it('of a failure goes to the next route at once', () => {
    const at = surroundings();
    const failure = received('att-1', 'FAILED', 'UNREACHABLE');
    const told = live(at, newMessage(at), claimed(), accepted('att-1'), failure);
    expect(states(told)).toEqual(['FAILED', 'PLANNED']);
  });

  it('that the provider gave up goes to the next route, and says so', () => {
    const at = surroundings();
    const told = live(
      at,
      newMessage(at),
      claimed(),
      accepted('att-1'),
      received('att-1', 'EXPIRED'),
    );
    expect(told.state.attempts[1]).toMatchObject({ fallbackReason: 'EXPIRED_AT_PROVIDER' });
  });

  it('that comes late is shown as late, and stops a fallback that has not begun', () => {
    const at = surroundings();
    const waiting = live(at, newMessage(at), claimed(), accepted('att-1'), waited('att-1'));
    const early = live(at, waiting.state, received('att-1', 'DELIVERED'));
    expect(states(early)).toEqual(['DELIVERED', 'SKIPPED']);
    const late = live(at, waiting.state, claimed(), received('att-1', 'DELIVERED'));
    expect(states(late)).toEqual(['SUPERSEDED_LATE_DELIVERY', 'SUBMITTING']);
    expect(late.state.phase).toBe('ENDED');
  });

  it('tells what a lost answer would have told', () => {
    const at = surroundings();
    const lostOne = live(at, newMessage(at), claimed(true, false), lost('att-1', false));
    const told = live(at, lostOne.state, received('att-1', 'SENT'));
    expect(states(told)).toEqual(['SENT']);
    expect(told.effects).toEqual([{ kind: 'wait', delayMs: WINDOW }]);
  });

  it('of a read after a delivery is a read, and no receipt takes either back', () => {
    const at = surroundings();
    const read = live(
      at,
      newMessage(at),
      claimed(),
      received('att-1', 'DELIVERED'),
      received('att-1', 'READ'),
      received('att-1', 'DELIVERED'),
      received('att-1', 'FAILED', 'UNKNOWN'),
      { kind: 'broken' },
    );
    expect(states(read)).toEqual(['READ']);
  });

  it('that it was sent sets no timer for a message that has ended', () => {
    const at = surroundings();
    const message = newMessage(at, { plan: [SMS] });
    const held = live(at, message, claimed(true, false), lost('att-1', false), waited('att-1'));
    const told = live(at, held.state, received('att-1', 'SENT'));
    expect(told.state).toMatchObject({ phase: 'ENDED', attempts: [{ state: 'SENT' }] });
    expect(told.effects).toEqual([]);
  });

  it('about nothing of this message changes nothing', () => {
    const at = surroundings();
    const message = newMessage(at);
    expect(live(at, message, received('att-9', 'DELIVERED')).state).toBe(message);
  });
});

describe('the silence of a provider that does not report every delivery', () => {
  const sent = () => {
    const at = surroundings();
    return {
      at,
      told: live(at, newMessage(at, { plan: [EMAIL, SMS] }), claimed(), accepted('att-1')),
    };
  };

  it('is waited for as long as the message is good for, though there is another route', () => {
    const { told } = sent();
    expect(told.effects).toEqual([{ kind: 'wait', delayMs: HOUR }]);
  });

  it('ends the message as sent: it is no reason to send it again', () => {
    const { at, told } = sent();
    const ended = live(at, told.state, waited('att-1'));
    expect(states(ended)).toEqual(['SENT']);
    expect(ended.state.phase).toBe('ENDED');
    expect(ended.effects).toContainEqual({
      kind: 'end',
      status: 'SENT',
      reason: 'NO_FAILURE_REPORTED',
    });
  });

  it('is broken by a failure, which goes to the next route at once', () => {
    const { at, told } = sent();
    const failed = live(at, told.state, received('att-1', 'FAILED', 'INVALID_RECIPIENT'));
    expect(states(failed)).toEqual(['FAILED', 'PLANNED']);
  });

  it('is broken by a failure after the end, which is shown and sends nothing', () => {
    const { at, told } = sent();
    const late = live(at, told.state, waited('att-1'), received('att-1', 'FAILED', 'UNREACHABLE'));
    expect(states(late)).toEqual(['FAILED']);
    expect(late.effects).toEqual([]);
  });

  it('is not that of a lost answer: whether it was sent at all is not known then', () => {
    const at = surroundings();
    const message = newMessage(at, { plan: [EMAIL, SMS] });
    const told = live(at, message, claimed(true, false), lost('att-1', false));
    expect(told.effects).toEqual([{ kind: 'wait', delayMs: WINDOW }]);
  });
});
