// Builders for the life of a message: everything but the point of a test is filled in.
import { defaultPolicy } from '../../subgraphs/messages/domain/policy.ts';
import {
  firstAttempts,
  type MessageState,
  type Route,
} from '../../subgraphs/messages/domain/message-state.ts';
import { decide, type LifecycleEvent } from '../../subgraphs/messages/domain/lifecycle.ts';
import type { Effect, Surroundings } from '../../subgraphs/messages/domain/step.ts';

export const RCS: Route = { channel: 'RCS', protection: 'CLEAR', provider: 'google-rbm' };
export const SMS: Route = { channel: 'SMS', protection: 'CLEAR', provider: 'twilio' };

export const EMAIL: Route = { channel: 'EMAIL', protection: 'CLEAR', provider: 'smtp' };

export const HOUR = 3_600_000;
export const WINDOW = 30_000;

/** Ids att-1, att-2, ...; time stands still unless the test moves it. */
export function surroundings(): Surroundings & { now: number } {
  let count = 0;
  return {
    now: 0,
    random: 0,
    newId: () => {
      count += 1;
      return `att-${count}`;
    },
    policy: defaultPolicy,
    silent: new Set(['smtp']),
  };
}

export function newMessage(
  at: Surroundings,
  {
    plan = [RCS, SMS],
    lineCount = 1,
    ...more
  }: Partial<MessageState> & { lineCount?: number } = {},
): MessageState {
  return {
    phase: 'ACTIVE',
    plan,
    attempts: firstAttempts(plan, lineCount, () => at.newId()),
    expiresAt: HOUR,
    receiptWindowMs: WINDOW,
    uncertainOutcome: 'HOLD',
    ...more,
  };
}

/** What the last event came to. */
export interface Told {
  readonly state: MessageState;
  readonly effects: readonly Effect[];
}

/** Folds events one after the other; the effects are the last one's. */
export function live(at: Surroundings, state: MessageState, ...events: LifecycleEvent[]): Told {
  let told: Told = { state, effects: [] };
  for (const event of events) told = decide(told.state, event, at);
  return told;
}

export const claimed = (permitted = true, repeatable = true): LifecycleEvent => ({
  kind: 'claimed',
  permitted,
  repeatable,
});

/** Claimed while these providers are left alone: that of the attempt for `forMs`, or for good. */
export const unavailable = (
  forMs: number | null,
  providers: readonly string[] = [RCS.provider],
  repeatable = true,
): LifecycleEvent => ({
  kind: 'unavailable',
  repeatable,
  providers: new Set(providers),
  forMs,
});

export const accepted = (attemptId: string): LifecycleEvent => ({
  kind: 'answered',
  attemptId,
  outcome: { kind: 'accepted' },
  repeatable: true,
});

export const refused = (
  attemptId: string,
  code: Parameters<typeof received>[2] & string,
  retryAfterMs: number | null = null,
): LifecycleEvent => ({
  kind: 'answered',
  attemptId,
  outcome: { kind: 'refused', code, retryAfterMs },
  repeatable: true,
});

export const lost = (attemptId: string, repeatable: boolean): LifecycleEvent => ({
  kind: 'answered',
  attemptId,
  outcome: { kind: 'unknown' },
  repeatable,
});

export const waited = (attemptId: string, revoked = false, repeatable = false): LifecycleEvent => ({
  kind: 'waited',
  attemptId,
  revoked,
  repeatable,
});

export function received(
  attemptId: string,
  type: Extract<LifecycleEvent, { kind: 'received' }>['type'],
  failureCode: Extract<LifecycleEvent, { kind: 'received' }>['failureCode'] = null,
): LifecycleEvent {
  return { kind: 'received', attemptId, type, failureCode };
}
