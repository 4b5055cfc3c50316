// What a message says on each route: full only where the recipient alone can read it.
import { describe, expect, it } from '@jest/globals';
import { contentOn, sealedContent } from '../../../../../subgraphs/messages/domain/content.ts';
import { renderRcs } from '../../../../../subgraphs/messages/domain/render/rcs.ts';
import { renderSms } from '../../../../../subgraphs/messages/domain/render/sms.ts';
import { rankProtections } from '../../../../../subgraphs/messages/domain/sensitivity.ts';
import { localized, template } from '../../../../support/templates.ts';
import type { Mask, Protection } from '../../../../../schema/vocabulary.ts';

const LINK = 'https://parley.example/l/token';
const ACCOUNT = 'AT611904300234573201';
const actions = [
  { id: 'open', label: 'Open', url: 'https://bank.example' },
  { id: 'call', label: 'Call me', url: null },
];
const statement = (mask: Mask = 'LAST4') =>
  template({
    locales: [
      localized({
        title: 'Account {{account}}',
        body: 'Dear {{name}}, {{account}} was charged.',
        smsText: '{{account}} charged',
        neutralText: 'Your bank has news for you.',
        actions,
      }),
    ],
    variables: [
      { name: 'name', kind: 'TEXT', required: true, sensitive: false, mask: 'HIDDEN' },
      { name: 'account', kind: 'TEXT', required: true, sensitive: true, mask },
    ],
  });
const on = (protection: Protection, account = ACCOUNT, mask: Mask = 'LAST4') =>
  contentOn(protection, {
    template: statement(mask),
    variables: new Map([
      ['name', 'Ada'],
      ['account', account],
    ]),
    locale: 'en',
    link: LINK,
  });

describe('content', () => {
  it('in clear text shows the mask of what is sensitive, in every part', () => {
    const content = on('CLEAR');
    expect(content).toEqual({
      title: 'Account ****3201',
      body: 'Dear Ada, ****3201 was charged.',
      smsText: '****3201 charged',
      actions,
      link: null,
    });
    expect(JSON.stringify(content)).not.toContain(ACCOUNT);
  });

  it.each<[string, Mask, string, string]>([
    ['hidden whole where its mask says so', 'HIDDEN', ACCOUNT, '****'],
    ['hidden whole where its end would be most of it', 'LAST4', '1234567', '****'],
    ['its last four where it is long enough', 'LAST4', '12345678', '****5678'],
    ['nothing where there is nothing', 'LAST4', '', ''],
    ['never half a character', 'LAST4', '12345678😀abc', '****😀abc'],
    ['hidden where it is long in bytes alone', 'LAST4', '😀😀😀😀', '****'],
  ])('masks a value: %s', (_, mask, value, shown) => {
    expect(on('CLEAR', value, mask).smsText).toBe(`${shown} charged`);
  });

  it('is full where the channel itself is encrypted end to end', () => {
    expect(on('NATIVE_E2EE')).toMatchObject({
      body: `Dear Ada, ${ACCOUNT} was charged.`,
      link: null,
    });
  });

  it.each(['ENVELOPE', 'LINK_ONLY'] as const)(
    'beside a link (%s) is the neutral text alone, with nothing about the person',
    (protection) => {
      expect(on(protection)).toEqual({
        title: null,
        body: 'Your bank has news for you.',
        smsText: 'Your bank has news for you.',
        actions: [],
        link: LINK,
      });
    },
  );

  it('inside an envelope is whole', () => {
    const variables = new Map([['account', ACCOUNT]]);
    expect(sealedContent(statement(), variables, 'en')).toEqual({
      title: `Account ${ACCOUNT}`,
      body: `Dear , ${ACCOUNT} was charged.`,
      actions,
    });
  });
});

describe('a rendering', () => {
  it('for SMS is the short text, and the link where there is one', () => {
    expect(renderSms(on('CLEAR'))).toEqual({ channel: 'SMS', text: '****3201 charged' });
    expect(renderSms(on('LINK_ONLY')).text).toBe(`Your bank has news for you. ${LINK}`);
  });

  it('for RCS has the actions as suggestions that carry the message’s id', () => {
    expect(renderRcs(on('CLEAR'), 'msg_1')).toEqual({
      channel: 'RCS',
      title: 'Account ****3201',
      body: 'Dear Ada, ****3201 was charged.',
      actions: [
        { kind: 'open-url', label: 'Open', url: 'https://bank.example', postback: 'msg_1:open' },
        { kind: 'reply', label: 'Call me', postback: 'msg_1:call' },
      ],
    });
  });

  it('for RCS beside a link has one suggestion, which opens it', () => {
    const { actions: taps } = renderRcs(on('ENVELOPE'), 'msg_1');
    expect(taps).toMatchObject([{ kind: 'open-url', url: LINK, postback: 'msg_1:open' }]);
  });
});

describe('protections', () => {
  it.each([
    ['LOW', false, ['NATIVE_E2EE', 'CLEAR', 'ENVELOPE', 'LINK_ONLY']],
    ['LOW', true, ['NATIVE_E2EE', 'CLEAR', 'ENVELOPE', 'LINK_ONLY']],
    ['MEDIUM', false, ['NATIVE_E2EE', 'CLEAR', 'ENVELOPE', 'LINK_ONLY']],
    ['MEDIUM', true, ['NATIVE_E2EE', 'ENVELOPE', 'CLEAR', 'LINK_ONLY']],
    ['HIGH', false, ['NATIVE_E2EE', 'ENVELOPE', 'LINK_ONLY']],
    ['HIGH', true, ['NATIVE_E2EE', 'ENVELOPE', 'LINK_ONLY']],
  ] as const)('of %s content (sensitive values: %s) rank %j', (sensitivity, sensitive, order) => {
    expect(rankProtections(sensitivity, sensitive)).toEqual(order);
  });
});
