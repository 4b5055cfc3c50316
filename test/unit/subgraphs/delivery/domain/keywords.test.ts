// The words by which people stop, start and are helped: the carriers' own lists, and what is no keyword.
import { describe, expect, it } from '@jest/globals';
import {
  comparisons,
  keywordLists,
  readKeyword,
} from '../../../../../subgraphs/delivery/domain/keywords.ts';

describe('the keyword lists', () => {
  const words = keywordLists.flatMap((list) => list.words.map((word) => ({ word, ...list })));

  it.each(words)('$word is $keyword', ({ word, keyword }) => {
    for (const provider of ['twilio', 'google-rbm', 'another']) {
      expect(readKeyword(word, provider)).toBe(keyword);
    }
  });

  it('ask for one thing by each word', () => {
    expect(new Set(words.map(({ word }) => word)).size).toBe(words.length);
  });

  it('and the comparisons say where they are from', () => {
    const sources = [
      ...keywordLists.flatMap((list) => list.sources),
      ...[...comparisons.values()].map(({ source }) => source),
    ];
    expect(keywordLists.every((list) => list.sources.length > 0)).toBe(true);
    expect(sources.filter((source) => source.length < 10)).toEqual([]);
  });

  // Source: RCS for Business guide, "Receive events", the keywords of eight countries.
  it.each([
    ...['STOP', 'BAJA', 'parar'].map((text) => ({ text, keyword: 'STOP' })),
    ...['START', 'ALTA', 'Démarrer', 'começar'].map((text) => ({ text, keyword: 'START' })),
  ])("know Google's $text", ({ text, keyword }) => {
    expect(readKeyword(text, 'google-rbm')).toBe(keyword);
  });
});

describe('a message', () => {
  it.each([
    ' stop ',
    'Stop.',
    '"STOP"',
    '“Stop!”',
    'stop 🛑',
    'ＳＴＯＰ',
    'Opt-out',
    'opt  out',
    'Arrêt',
    'ARRE\u0302T',
    '\u200bSTOP\n',
    'STOP-ALL',
  ])('is STOP however it is written: %j', (text) => {
    expect(readKeyword(text, 'twilio')).toBe('STOP');
  });

  it.each(['', ' ', '?!', '🛑', 'STOP please call me', 'please stop', 'STOPS', 'ST OP', 'NO'])(
    'is left to a person to read: %j',
    (text) => {
      expect(readKeyword(text, 'twilio')).toBeNull();
    },
  );

  it('is STOP by its beginning only where the carriers compare so', () => {
    const text = 'STOP please call me';
    expect(readKeyword(text, 'aws-sms')).toBe('STOP');
    expect(readKeyword('opt out, please', 'aws-sms')).toBe('STOP');
    expect(readKeyword('please stop', 'aws-sms')).toBeNull();
    expect(readKeyword('stopping by at 5', 'aws-sms')).toBeNull();
    expect(readKeyword(text, 'twilio')).toBeNull();
  });
});
