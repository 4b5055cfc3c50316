// Conversations under any order of their entries: what must hold whatever comes when, and however often.
import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ConversationEntryKind } from '../../schema/vocabulary-conversations.ts';
import { standingOf, standOf, type Move } from '../../subgraphs/delivery/domain/conversation.ts';

const move = fc.record<Move>({
  kind: fc.constantFrom(...Object.values(ConversationEntryKind)),
  // Few moments, so that many moves share one.
  countedAt: fc.integer({ min: 0, max: 9 }),
});
const moves = fc.array(move, { minLength: 1, maxLength: 12 });
const isPersons = ({ kind }: Move): boolean => kind === 'TEXT' || kind === 'TAP';

it('neither the order nor repetitions make a difference', () => {
  const told = moves.chain((said) =>
    fc.tuple(
      fc.constant(said),
      fc
        .array(fc.nat(said.length - 1), { maxLength: 6 })
        .chain((again) =>
          fc.shuffledSubarray([...said.keys(), ...again], {
            minLength: said.length + again.length,
          }),
        )
        .map((order) => order.flatMap((index) => said[index] ?? [])),
    ),
  );
  fc.assert(
    fc.property(told, ([said, mixed]) => {
      expect(standingOf(mixed)).toEqual(standingOf(said));
    }),
  );
});

it('nobody waits unheard: who spoke last, or at the same moment as we did, is waited for', () => {
  fc.assert(
    fc.property(moves, (said) => {
      const last = Math.max(...said.map(({ countedAt }) => countedAt));
      const persons = said.some((one) => isPersons(one) && one.countedAt === last);
      expect(standOf(standingOf(said))?.state === 'AWAITING_AGENT').toBe(persons);
    }),
  );
});

it('the wait begins with the first word that is not older than our last', () => {
  fc.assert(
    fc.property(moves, (said) => {
      const stand = standOf(standingOf(said));
      if (stand?.state !== 'AWAITING_AGENT') return;
      const ours = said.filter((one) => !isPersons(one)).map(({ countedAt }) => countedAt);
      const settledAt = Math.max(-1, ...ours);
      const waiting = said.filter((one) => isPersons(one) && one.countedAt >= settledAt);
      expect(stand.since).toBe(Math.min(...waiting.map(({ countedAt }) => countedAt)));
    }),
  );
});
