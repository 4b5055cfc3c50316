// Which ways a link's code may take, how an address is named, what the page shows, and that its words are whole.
import { describe, expect, test } from '@jest/globals';
import type { Channel } from '../../../../../schema/vocabulary.ts';
import { pageContent } from '../../../../../subgraphs/messages/domain/content.ts';
import { lintTemplate } from '../../../../../subgraphs/messages/domain/lint/lint-template.ts';
import {
  codeChannels,
  linkCodeProblem,
  linkCodeTemplate,
  maskAddress,
} from '../../../../../subgraphs/messages/domain/link-code.ts';
import {
  fillWords,
  PAGE_LANGUAGES,
  pageWords,
} from '../../../../../subgraphs/messages/domain/page-words.ts';
import {
  checkTemplate,
  placeholdersOf,
  type Template,
} from '../../../../../subgraphs/messages/domain/template.ts';

const known = (channel: Channel, address: string | null, over: object = {}) => ({
  channel,
  address,
  verified: true,
  bounced: false,
  ...over,
});
const phone = '+14155550123';
const both = [known('RCS', phone), known('SMS', phone), known('EMAIL', 'ada@example.com')];

describe('a code goes', () => {
  test('by email where the link went to the phone, and to the phone where it went by email', () => {
    expect(codeChannels('SMS', both)).toEqual(['EMAIL']);
    expect(codeChannels('RCS', both)).toEqual(['EMAIL']);
    expect(codeChannels('EMAIL', both)).toEqual(['RCS', 'SMS']);
  });

  test.each([
    ['to an address that nobody verified', known('EMAIL', 'ada@example.com', { verified: false })],
    ['to an address from which mail came back', known('EMAIL', 'a@b.example', { bounced: true })],
    ['by a channel without an address', known('EMAIL', null)],
    ['to the same number by another channel', known('RCS', phone)],
    ['by the link itself', known('LINK', 'rcp_1')],
    ['to the app, which opens the link anyway', known('PUSH', 'subscription')],
  ])('never %s', (_, channel) => {
    expect(codeChannels('SMS', [known('SMS', phone), channel])).toEqual([]);
  });
});

test.each([
  ['ada.lovelace@example.com', 'a•••@e•••.com'],
  ['@x', '•••@x•••x'],
  [phone, '••• 23'],
])('of %s only %s is shown', (address, masked) => {
  expect(maskAddress(address)).toBe(masked);
});

test('the template of the code is one that a tenant could approve', () => {
  expect(checkTemplate(linkCodeTemplate)).toEqual([]);
  expect(lintTemplate(linkCodeTemplate).filter(({ severity }) => severity === 'ERROR')).toEqual([]);
  for (const { body } of linkCodeTemplate.locales) expect(placeholdersOf(body)).toEqual(['code']);
});

describe('a tenant’s own template carries the code', () => {
  const [code] = linkCodeTemplate.variables;
  const more = {
    name: 'city',
    kind: 'TEXT',
    required: true,
    sensitive: false,
    mask: 'HIDDEN',
  } as const;
  const variables = linkCodeTemplate.variables;

  test('where the code can be read in it, with or without values that it can do without', () => {
    expect(linkCodeProblem(linkCodeTemplate)).toBeNull();
    const optional = [...variables, { ...more, required: false }];
    expect(linkCodeProblem({ ...linkCodeTemplate, variables: optional })).toBeNull();
  });

  test.each<[string, Partial<Template>]>([
    ['of another type', { type: 'ALERT' }],
    ['that would be a link itself', { sensitivity: 'HIGH' }],
    ['without the code', { variables: [more] }],
    [
      'that masks the code',
      { variables: variables.map((known) => ({ ...known, sensitive: true })) },
    ],
    ['that needs more than the code', { variables: [...variables, more] }],
  ])('but none %s', (_, over) => {
    expect(code?.name).toBe('code');
    expect(linkCodeProblem({ ...linkCodeTemplate, ...over })).toEqual(expect.any(String));
  });
});

describe('the page shows', () => {
  const template: Template = {
    ...linkCodeTemplate,
    sensitivity: 'HIGH',
    locales: [
      {
        locale: 'en',
        title: 'Result of {{test}}',
        body: '{{test}}: {{value}}',
        smsText: null,
        neutralText: 'x',
        actions: [],
      },
    ],
    variables: [
      { name: 'test', kind: 'TEXT', required: true, sensitive: false, mask: 'HIDDEN' },
      { name: 'value', kind: 'TEXT', required: true, sensitive: true, mask: 'HIDDEN' },
    ],
  };
  const values = new Map([
    ['test', 'Iron'],
    ['value', '14 g/l'],
  ]);

  test('of a HIGH message masks where the template calls a value sensitive', () => {
    expect(pageContent(template, values, 'en')).toMatchObject({
      title: 'Result of Iron',
      body: 'Iron: ****',
      hides: true,
    });
  });

  test.each(['LOW', 'MEDIUM'] as const)('all of a %s message', (sensitivity) => {
    expect(pageContent({ ...template, sensitivity }, values, 'de')).toMatchObject({
      locale: 'en',
      body: 'Iron: 14 g/l',
      hides: false,
    });
  });
});

test('every language says everything, with the same places', () => {
  const places = (sentence: string): string[] =>
    [...sentence.matchAll(/\{\w+\}/g)].map(([place]) => place).toSorted();
  for (const language of PAGE_LANGUAGES) {
    for (const [name, sentence] of Object.entries(pageWords[language])) {
      const english = pageWords.en[name as keyof typeof pageWords.en];
      expect({ language, name, places: places(sentence) }).toEqual({
        language,
        name,
        places: places(english),
      });
      if (language !== 'en' && name !== 'codeLabel') expect(sentence).not.toBe(english);
    }
  }
  expect(fillWords('{a} {b} {c}', { a: '1', b: '{c}' })).toBe('1 {c} {c}');
});
