// Bubbles of the Messages app: one text with its links, and answers to tap.
import { expect, test } from '@jest/globals';
import { renderIMessage } from '../../../../../../subgraphs/messages/domain/render/imessage.ts';

const actions = [
  { id: 'receipt', label: 'View receipt', url: 'https://bank.example/r' },
  { id: 'help', label: 'Not me', url: null },
];

test('title, text and pages stand in the text, and answers can be tapped', () => {
  const content = { title: 'Paid', body: 'You paid 25 EUR.', smsText: '', actions, link: null };
  expect(renderIMessage(content, 'msg_1')).toEqual({
    channel: 'IMESSAGE',
    text: 'Paid\n\nYou paid 25 EUR.\n\nView receipt: https://bank.example/r',
    replies: [{ label: 'Not me', postback: 'msg_1:help' }],
  });
});

test('a neutral text stands before its secure link', () => {
  const link = 'https://parley.example/l/token';
  const content = { title: null, body: 'A message for you.', smsText: '', actions: [], link };
  expect(renderIMessage(content, 'msg_1')).toEqual({
    channel: 'IMESSAGE',
    text: 'A message for you. https://parley.example/l/token',
    replies: [],
  });
});
