// Templates: what can be stored, which values fit, and which locale is taken.
import { describe, expect, it } from '@jest/globals';
import {
  checkTemplate,
  checkVariables,
  contentFor,
  fillPlaceholders,
  placeholdersOf,
  type LocalizedContent,
  type Template,
  type TemplateVariable,
} from '../../../../../subgraphs/messages/domain/template.ts';
import { localized, template } from '../../../../support/templates.ts';

const variable = (more: Partial<TemplateVariable> = {}): TemplateVariable => ({
  name: 'order',
  kind: 'TEXT',
  required: true,
  sensitive: false,
  mask: 'HIDDEN',
  ...more,
});
const saying = (more: Partial<LocalizedContent>): Partial<Template> => ({
  locales: [localized(more)],
});
const action = { id: 'track', label: 'Track', url: 'https://shop.example/t' };

describe('a template', () => {
  it('that follows the rules is stored', () => {
    expect(checkTemplate(template())).toEqual([]);
    expect(checkTemplate(template(saying({ actions: [action] })))).toEqual([]);
  });

  it.each<[string, Partial<Template>, string]>([
    ['a name with a space', { name: 'order sent' }, 'name'],
    ['no channel', { channels: [] }, 'channels'],
    ['no locale', { locales: [] }, 'locales'],
    ['one locale twice', { locales: [localized(), localized()] }, 'locales'],
    ['a locale that is none', saying({ locale: 'english' }), 'locales.english.locale'],
    ['marketing for another purpose', { type: 'MARKETING' }, 'purpose'],
    ['another type for marketing', { purpose: 'MARKETING' }, 'purpose'],
    ['too short a receipt window', { receiptWindowSeconds: 9 }, 'receiptWindowSeconds'],
    ['too long a receipt window', { receiptWindowSeconds: 121 }, 'receiptWindowSeconds'],
    ['too short an expiry', { expirySeconds: 29 }, 'expirySeconds'],
    ['too long an expiry', { expirySeconds: 604_801 }, 'expirySeconds'],
    ['one variable twice', { variables: [variable(), variable()] }, 'variables'],
    ['a variable in capitals', { variables: [variable(), variable({ name: 'A' })] }, 'variables.A'],
    ['values of no length', { variables: [variable({ charactersMax: 0 })] }, 'variables.order'],
    ['values too long', { variables: [variable({ charactersMax: 501 })] }, 'variables.order'],
    ['an empty body', saying({ body: ' ' }), 'locales.en.body'],
    ['too long a title', saying({ title: 'x'.repeat(201) }), 'locales.en.title'],
    ['too long an SMS', saying({ smsText: 'x'.repeat(1_531) }), 'locales.en.smsText'],
    ['an undeclared variable', saying({ body: '{{other}}' }), 'locales.en.body'],
    ['an empty placeholder', saying({ body: '{{ }}' }), 'locales.en.body'],
    [
      'a variable in the neutral text',
      saying({ neutralText: '{{order}}' }),
      'locales.en.neutralText',
    ],
    ['five actions', saying({ actions: Array(5).fill(action) }), 'locales.en.actions'],
    [
      'too long a label',
      saying({ actions: [{ ...action, label: 'x'.repeat(26) }] }),
      'locales.en.actions.track',
    ],
    [
      'a link without TLS',
      saying({ actions: [{ ...action, url: 'http://shop.example' }] }),
      'locales.en.actions.track',
    ],
    [
      'a variable in an action',
      saying({ actions: [{ ...action, label: '{{order}}' }] }),
      'locales.en.actions.track',
    ],
    [
      'a variable in a link',
      saying({ actions: [{ ...action, url: 'https://shop.example/{{order}}' }] }),
      'locales.en.actions.track',
    ],
    ['what cannot be stored', saying({ body: 'a\u0000b' }), 'locales.en.body'],
  ])('with %s is refused, and the place is named', (_, more, path) => {
    expect(checkTemplate(template(more)).map((finding) => finding.path.join('.'))).toContain(path);
  });

  it('is told everything that is wrong at once', () => {
    const findings = checkTemplate(template({ name: '', channels: [], ...saying({ body: '' }) }));
    expect(findings).toHaveLength(3);
  });

  it('is read in a time that grows with its length, whatever it holds', () => {
    // A placeholder that never ends: with a pattern that backtracks this takes hours.
    const body = `{{${' '.repeat(200_000)}`;
    expect(placeholdersOf(body)).toEqual([]);
  });
});

describe('placeholders', () => {
  it('are found once each, with or without space', () => {
    expect(placeholdersOf('{{a}} {{ b }} {{a}} {c} {{{d}}}')).toEqual(['a', 'b', 'd']);
  });

  it('are filled once: a value that looks like one stays as it is', () => {
    const values: Record<string, string> = { a: '{{b}}', b: 'secret' };
    expect(fillPlaceholders('{{a}}, $&', (name) => values[name] ?? '')).toBe('{{b}}, $&');
  });
});

describe('the values of a message', () => {
  const check = (rule: Partial<TemplateVariable>, value: string): string[] =>
    checkVariables(template({ variables: [variable(rule)] }), new Map([['order', value]])).map(
      ({ path }) => path.join('.'),
    );

  it.each<[Partial<TemplateVariable>, string]>([
    [{ kind: 'TEXT' }, ''],
    [{ kind: 'TEXT' }, 'x'.repeat(500)],
    [{ kind: 'TEXT', charactersMax: 8 }, 'x'.repeat(8)],
    [{ kind: 'NUMBER' }, '-1,234.50'],
    [{ kind: 'URL' }, 'https://shop.example/a?b=c'],
  ])('fit where they are of the kind: %j takes %j', (rule, value) => {
    expect(check(rule, value)).toEqual([]);
  });

  it.each<[Partial<TemplateVariable>, string]>([
    [{ kind: 'TEXT' }, 'x'.repeat(501)],
    [{ kind: 'TEXT', charactersMax: 8 }, 'x'.repeat(9)],
    [{ kind: 'NUMBER' }, 'one'],
    [{ kind: 'NUMBER' }, '1\n2'],
    [{ kind: 'URL' }, 'http://shop.example'],
    [{ kind: 'URL' }, 'javascript:alert(1)'],
  ])('are refused where they are not: %j does not take %j', (rule, value) => {
    expect(check(rule, value)).toEqual(['order']);
  });

  it('are all there that are required, and none that is not declared', () => {
    const of = template({ variables: [variable(), variable({ name: 'note', required: false })] });
    const findings = checkVariables(of, new Map([['other', 'x']]));
    expect(findings.map(({ path }) => path)).toEqual([['order'], ['other']]);
  });

  it('are never repeated in what is said about them', () => {
    const findings = checkVariables(
      template({ variables: [variable({ kind: 'NUMBER' })] }),
      new Map([['order', 'confidential']]),
    );
    expect(JSON.stringify(findings)).not.toContain('confidential');
  });
});

describe('the content', () => {
  const of = template({
    locales: ['en', 'de-AT', 'pt-BR', 'pt'].map((locale) => localized({ locale })),
  });

  it.each([
    ['en', 'en'],
    ['en-GB', 'en'],
    ['de-AT', 'de-AT'],
    ['de-CH', 'de-AT'],
    ['de', 'de-AT'],
    ['pt-PT', 'pt'],
    ['pt-BR', 'pt-BR'],
    ['fr', 'en'],
  ])('for %s is that of %s', (wanted, taken) => {
    expect(contentFor(of, wanted).locale).toBe(taken);
  });
});
