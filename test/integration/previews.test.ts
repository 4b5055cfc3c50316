// Previews on a real database: what would be sent, for one statement, and nothing of another tenant.
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { deeds } from '../support/people.ts';
import { openTemplateDesk, type TemplateDesk } from '../support/template-desk.ts';
import { localized, template } from '../support/templates.ts';

const CARD = '4111111111111111';
const PAYMENT = template({
  name: 'payment',
  type: 'RECEIPT',
  sensitivity: 'MEDIUM',
  locales: [
    localized({
      title: 'Payment confirmed',
      body: 'You paid {{amount}} with card {{card}}.',
      smsText: 'Payment of {{amount}} – card {{card}}.',
      neutralText: 'Demo Bank has a secure message for you.',
      actions: [
        { id: 'receipt', label: 'View receipt', url: 'https://bank.example/r' },
        { id: 'help', label: 'Not me', url: null },
      ],
    }),
    localized({ locale: 'de', body: '{{amount}} mit Karte {{card}} bezahlt.' }),
  ],
  variables: [
    { name: 'amount', kind: 'TEXT', required: true, sensitive: false, mask: 'HIDDEN' },
    { name: 'card', kind: 'TEXT', required: true, sensitive: true, mask: 'LAST4' },
  ],
});
const VALUES = [
  { name: 'amount', value: '25 EUR' },
  { name: 'card', value: CARD },
];

let desk: TemplateDesk;
let templateId: string;
beforeAll(async () => {
  desk = await openTemplateDesk();
  const { data } = await desk.ask(
    `mutation ($input: CreateTemplateInput!) { createTemplate(input: $input) { template { id } } }`,
    { input: PAYMENT },
  );
  templateId = data.createTemplate.template.id;
});
afterAll(() => desk.close());

const preview = async (input: object, editor: Parameters<TemplateDesk['ask']>[2] = {}) => {
  desk.statements.length = 0;
  const { data, errors } = await desk.ask(
    `query ($input: PreviewMessageInput!) { previewMessage(input: $input) {
       preview { locale renderings { channel protection
         content { __typename
           ... on CardPreview { title body actions { label url postback } }
           ... on SmsPreview { text encoding segments unicodeCharacters } }
         inside { title body actions { id } } } }
       errors { __typename ... on UserError { code path message } } } }`,
    { input: { templateId, variables: VALUES, ...input } },
    editor,
  );
  expect(errors).toBeUndefined();
  return data.previewMessage;
};

it('a draft is shown on each channel under each protection, for one statement', async () => {
  const { preview: shown, errors } = await preview({});
  expect(errors).toEqual([]);
  expect(shown.locale).toBe('en');
  expect(
    shown.renderings.map(({ channel, protection }: Record<string, string>) => [
      channel,
      protection,
    ]),
  ).toEqual([
    ['RCS', 'ENVELOPE'],
    ['RCS', 'CLEAR'],
    ['RCS', 'LINK_ONLY'],
    ['SMS', 'CLEAR'],
    ['SMS', 'LINK_ONLY'],
  ]);
  // The policy, whose disclosures are shown, is read once for many.
  const own = deeds(desk.statements).filter((sql) => !sql.includes('messages.policy'));
  expect(own).toHaveLength(1);
  expect(own[0]).toMatch(/^select/i);
});

it('in clear text a card and an SMS show masks, and the SMS what it costs', async () => {
  const { preview: shown } = await preview({ protection: 'CLEAR' });
  expect(shown.renderings).toEqual([
    {
      channel: 'RCS',
      protection: 'CLEAR',
      content: {
        __typename: 'CardPreview',
        title: 'Payment confirmed',
        body: 'You paid 25 EUR with card ****1111.',
        actions: [
          {
            label: 'View receipt',
            url: 'https://bank.example/r',
            postback: 'msg_00000000000000000000000000:receipt',
          },
          { label: 'Not me', url: null, postback: 'msg_00000000000000000000000000:help' },
        ],
      },
      inside: null,
    },
    {
      channel: 'SMS',
      protection: 'CLEAR',
      content: {
        __typename: 'SmsPreview',
        text: 'Payment of 25 EUR – card ****1111.',
        encoding: 'UCS_2',
        segments: 1,
        unicodeCharacters: ['–'],
      },
      inside: null,
    },
  ]);
});

it('in an envelope the card is neutral, and what it holds is whole', async () => {
  const { preview: shown } = await preview({ protection: 'ENVELOPE' });
  const [{ content, inside }] = shown.renderings;
  expect(content).toMatchObject({ title: null, body: 'Demo Bank has a secure message for you.' });
  expect(content.actions[0].url).toMatch(
    /^https:\/\/parley\.example\/l\/msg_0{26}\.[A-Za-z0-9_-]{27}$/,
  );
  expect(inside).toEqual({
    title: 'Payment confirmed',
    body: `You paid 25 EUR with card ${CARD}.`,
    actions: [{ id: 'receipt' }, { id: 'help' }],
  });
});

it('the locale that is taken is named', async () => {
  expect((await preview({ locale: 'de-AT' })).preview.locale).toBe('de');
  expect((await preview({ locale: 'fr' })).preview.locale).toBe('en');
});

it('bad variables are refused by name, and their values are not repeated', async () => {
  const answer = await preview({ variables: [{ name: 'pin', value: 'confidential' }] });
  expect(answer.preview).toBeNull();
  expect(answer.errors).toMatchObject([
    { code: 'VARIABLES_INVALID', path: ['variables', 'amount'] },
    { code: 'VARIABLES_INVALID', path: ['variables', 'card'] },
    { code: 'VARIABLES_INVALID', path: ['variables', 'pin'] },
  ]);
  expect(JSON.stringify(answer)).not.toContain('confidential');
  const twice = await preview({ variables: [...VALUES, ...VALUES] });
  expect(twice.errors).toMatchObject([{ code: 'INVALID_INPUT', path: ['variables'] }]);
});

it('another tenant’s template is not found, and neither is what is no template', async () => {
  const notFound = [{ __typename: 'NotFound', code: 'NOT_FOUND', path: ['templateId'] }];
  expect((await preview({}, { tenantId: 'globex' })).errors).toMatchObject(notFound);
  expect((await preview({ templateId: 'msg_1' })).errors).toMatchObject(notFound);
});

it('whoever may not read templates sees no preview', async () => {
  const { data, errors } = await desk.ask(
    `query ($input: PreviewMessageInput!) { previewMessage(input: $input) { errors { __typename } } }`,
    { input: { templateId } },
    { scopes: ['templates:write'] },
  );
  expect(data).toBeNull();
  expect(errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
});
