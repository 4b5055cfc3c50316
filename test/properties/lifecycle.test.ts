// The life of a message under arbitrary histories: what must hold whatever happens, and in whatever order.
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { decide } from '../../subgraphs/messages/domain/lifecycle.ts';
import { history } from '../support/histories.ts';
import { newMessage, surroundings } from '../support/lifecycle.ts';

describe('the life of a message', () => {
  it('submits only what is claimed, one attempt at a time, and nothing once it has ended', () => {
    fc.assert(
      fc.property(
        history,
        fc.constantFrom('HOLD', 'RETRY' as const),
        ([repeatable, steps], uncertainOutcome) => {
          const at = surroundings();
          let state = newMessage(at, { uncertainOutcome: uncertainOutcome as 'HOLD' | 'RETRY' });
          const submissions = new Map<string, number>();
          for (const [event, passed] of steps) {
            at.now += passed;
            const before = state;
            const step = decide(state, event, at);
            state = step.state;
            const submits = step.effects.filter((effect) => effect.kind === 'submit');
            if (submits.length > 0) {
              expect(event.kind).toBe('claimed');
              expect(before.phase).toBe('ACTIVE');
              expect(at.now).toBeLessThan(state.expiresAt);
              expect(submits).toHaveLength(1);
            }
            for (const { attemptId: id } of submits) {
              submissions.set(id, (submissions.get(id) ?? 0) + 1);
            }
            // A withheld one was not handed over after all.
            const held = before.attempts.at(-1);
            if (event.kind === 'withheld' && held?.id === event.attemptId) {
              const count = submissions.get(held.id) ?? 0;
              if (held.state === 'SUBMITTING') submissions.set(held.id, count - 1);
            }
            const open = state.attempts.filter(
              ({ state: now }) => now === 'PLANNED' || now === 'SUBMITTING',
            );
            if (state.phase === 'ACTIVE') expect(open.length).toBeLessThanOrEqual(1);
            // An ended message stays ended, and an attempt is never taken back.
            if (before.phase === 'ENDED') expect(state.phase).toBe('ENDED');
            expect(state.attempts.length).toBeGreaterThanOrEqual(before.attempts.length);
          }
          // Refused attempts may be tried again; one whose fate is open may not, unless the provider takes it once.
          for (const attempt of state.attempts) {
            if (!repeatable && attempt.failureCode === null) {
              expect(submissions.get(attempt.id) ?? 0).toBeLessThanOrEqual(1);
            }
          }
        },
      ),
      { numRuns: 2_000 },
    );
  });

  it('always has a next step or has ended', () => {
    fc.assert(
      fc.property(history, ([, steps]) => {
        const at = surroundings();
        let state = newMessage(at);
        // What the task row says: due in a lane, held by a worker, or gone.
        let task: 'queued' | 'held' | 'waiting' | 'none' = 'queued';
        for (const [event] of steps) {
          if (event.kind === 'claimed') {
            if (task !== 'queued') continue;
            task = 'held';
          }
          if (
            (event.kind === 'answered' && task !== 'held') ||
            (event.kind === 'waited' && task !== 'waiting')
          ) {
            continue;
          }
          const step = decide(state, event, at);
          state = step.state;
          for (const effect of step.effects) {
            if (effect.kind === 'queue') task = 'queued';
            if (effect.kind === 'wait') task = 'waiting';
            if (effect.kind === 'settle') task = 'none';
          }
          expect(task === 'none').toBe(state.phase === 'ENDED');
        }
      }),
      { numRuns: 2_000 },
    );
  });
});
