// Whose turn it is in a conversation, by what stands in it.
import { describe, expect, it, test } from '@jest/globals';
import {
  actionOf,
  answersSince,
  lapsedBefore,
  lapsesAt,
  standingOf,
  standOf,
  type Move,
} from '../../../../../subgraphs/delivery/domain/conversation.ts';
import type { ConversationEntryKind } from '../../../../../schema/vocabulary-conversations.ts';

type Written = readonly [ConversationEntryKind, number];

const standAfter = (...moves: readonly Written[]) =>
  standOf(standingOf(moves.map(([kind, countedAt]): Move => ({ kind, countedAt }))));

describe('a conversation', () => {
  test.each<[string, readonly Written[], object]>([
    ['waits for us once the person wrote', [['TEXT', 1]], { state: 'AWAITING_AGENT', since: 1 }],
    ['waits for us once the person tapped', [['TAP', 1]], { state: 'AWAITING_AGENT', since: 1 }],
    ['is begun by us too', [['MESSAGE', 1]], { state: 'OPEN', since: 1 }],
    [
      'is the person’s again once we answered',
      [
        ['TEXT', 1],
        ['MESSAGE', 2],
      ],
      { state: 'OPEN', since: 2 },
    ],
    [
      'waits since the first word that nobody answered, not since the last',
      [
        ['TEXT', 1],
        ['MESSAGE', 2],
        ['TAP', 3],
        ['TEXT', 5],
      ],
      { state: 'AWAITING_AGENT', since: 3, lastAt: 5 },
    ],
    [
      'is over once somebody closed it',
      [
        ['TEXT', 1],
        ['CLOSED', 2],
      ],
      { state: 'CLOSED', since: 2 },
    ],
    [
      'begins anew with the person’s next word',
      [
        ['TEXT', 1],
        ['CLOSED', 2],
        ['TEXT', 3],
      ],
      { state: 'AWAITING_AGENT', since: 3 },
    ],
    [
      'begins anew with our next word',
      [
        ['CLOSED', 2],
        ['MESSAGE', 3],
      ],
      { state: 'OPEN', since: 3 },
    ],
    [
      'is not answered by what was written before the question',
      [
        ['TEXT', 5],
        ['MESSAGE', 4],
      ],
      { state: 'AWAITING_AGENT', since: 5 },
    ],
    [
      'waits where a word and an answer are of the same moment',
      [
        ['TEXT', 5],
        ['MESSAGE', 5],
        ['CLOSED', 5],
      ],
      { state: 'AWAITING_AGENT', since: 5 },
    ],
  ])('%s', (_, moves, stand) => {
    expect(standAfter(...moves)).toMatchObject(stand);
    expect(standAfter(...moves.toReversed())).toMatchObject(stand);
  });

  it('stands nowhere before anything was said', () => {
    expect(standAfter()).toBeNull();
  });

  it('lapses behind its last word, and before any later one', () => {
    const last = 7;
    const lapse = ['LAPSED', lapsesAt(last)] as const;
    expect(standAfter(['TEXT', last], lapse)).toMatchObject({ state: 'CLOSED' });
    expect(standAfter(['TEXT', last], lapse, ['TEXT', last + 2])).toMatchObject({
      state: 'AWAITING_AGENT',
      since: last + 2,
    });
  });
});

test('a person who waits is not dropped as soon as one who was answered', () => {
  const hours = { OPEN: 1, AWAITING_AGENT: 2 };
  expect(lapsedBefore('OPEN', hours, 7_200_000)).toBe(3_600_000);
  expect(lapsedBefore('AWAITING_AGENT', hours, 7_200_000)).toBe(0);
});

test('a text answers what was handed over within the window before it', () => {
  expect(answersSince(7_200_000, 1)).toBe(3_600_000);
});

test('a postback names the action behind the message, and no other one does', () => {
  expect(actionOf('msg_1:dispute', 'msg_1')).toBe('dispute');
  expect(actionOf('msg_1:a:b', 'msg_1')).toBe('a:b');
  expect(actionOf('msg_2:dispute', 'msg_1')).toBeNull();
  expect(actionOf('msg_1:', 'msg_1')).toBeNull();
});
