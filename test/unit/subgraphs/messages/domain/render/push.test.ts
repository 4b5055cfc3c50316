// Pushes: what a notification shows under each protection, and whether it fits.
import { expect, test } from '@jest/globals';
import { contentOn } from '../../../../../../subgraphs/messages/domain/content.ts';
import { renderPush, sizeOfPush } from '../../../../../../subgraphs/messages/domain/render/push.ts';
import { localized, template } from '../../../../../support/templates.ts';

const LINK = 'https://parley.example/l/msg_1.token';
const actions = [{ id: 'help', label: 'Not me', url: null }];
const of = {
  template: template({
    locales: [localized({ title: 'Paid', body: 'You paid {{order}}.', actions })],
    variables: [{ name: 'order', kind: 'TEXT', required: true, sensitive: true, mask: 'HIDDEN' }],
  }),
  variables: new Map([['order', '25 EUR']]),
  locale: 'en',
  link: LINK,
};

test('in clear text it shows the content, with what is sensitive masked, and leads nowhere', () => {
  expect(renderPush(contentOn('CLEAR', of), { isSealed: false })).toEqual({
    channel: 'PUSH',
    title: 'Paid',
    body: 'You paid ****.',
    url: null,
    isSealed: false,
    actions,
  });
});

test.each([
  ['ENVELOPE', true],
  ['LINK_ONLY', false],
] as const)('with %s it shows a neutral text and the secure link', (protection, isSealed) => {
  expect(renderPush(contentOn(protection, of), { isSealed })).toEqual({
    channel: 'PUSH',
    title: null,
    body: 'You have a new message.',
    url: LINK,
    isSealed,
    actions: [],
  });
});

test('its size is that of its UTF-8, and what is over the limit does not fit', () => {
  const push = (body: string) =>
    renderPush({ title: null, body, smsText: body, actions: [], link: null }, { isSealed: false });
  const empty = sizeOfPush(push('')).bytes;
  expect(sizeOfPush(push('ü€'))).toEqual({ bytes: empty + 5, bytesMax: 3_500, fits: true });
  expect(sizeOfPush(push('x'.repeat(3_500 - empty)))).toMatchObject({ bytes: 3_500, fits: true });
  expect(sizeOfPush(push('x'.repeat(3_501 - empty)))).toMatchObject({ fits: false });
});
