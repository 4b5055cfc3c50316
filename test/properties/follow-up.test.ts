// The follow-up list under arbitrary histories: a message stands on it exactly while it has failed its person.
import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { MessageStatus } from '../../schema/vocabulary.ts';
import { followUpChange } from '../../subgraphs/messages/domain/follow-up.ts';
import { decide } from '../../subgraphs/messages/domain/lifecycle.ts';
import { history } from '../support/histories.ts';
import { newMessage, surroundings } from '../support/lifecycle.ts';

const FAILURES: readonly (MessageStatus | null)[] = ['EXPIRED', 'UNDELIVERABLE', 'FAILED'];
const REACHED = ['DELIVERED', 'READ', 'SUPERSEDED_LATE_DELIVERY'];

it('lists a message once, when it ends in failure, until it arrives after all', () => {
  fc.assert(
    fc.property(history, ([, steps]) => {
      const at = surroundings();
      let state = newMessage(at);
      let endStatus: MessageStatus | null = null;
      let listed = false;
      let openings = 0;
      for (const [event, passed] of steps) {
        at.now += passed;
        const step = decide(state, event, at);
        const end = step.effects.find((effect) => effect.kind === 'end');
        const change = followUpChange({ before: state, after: step.state, endStatus, end });
        if (change?.kind === 'open') {
          openings += 1;
          listed = true;
        }
        if (change?.kind === 'close') listed = false;
        state = step.state;
        endStatus = end?.status ?? endStatus;
        const reached = state.attempts.some((attempt) => REACHED.includes(attempt.state));
        expect(listed).toBe(FAILURES.includes(endStatus) && !reached);
      }
      expect(openings).toBeLessThanOrEqual(1);
    }),
    { numRuns: 2_000 },
  );
});
