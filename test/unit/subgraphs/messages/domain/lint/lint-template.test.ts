// The lint as a whole, and its rules about sizes and locales.
import { readFile } from 'node:fs/promises';
import { describe, expect, it } from '@jest/globals';
import {
  lintRules,
  lintTemplate,
} from '../../../../../../subgraphs/messages/domain/lint/lint-template.ts';
import type {
  LocalizedContent,
  Template,
} from '../../../../../../subgraphs/messages/domain/template.ts';
import { clean, found, variable } from '../../../../../support/lint.ts';
import { PROJECT_DIRECTORY } from '../../../../../../wiring.ts';
import { localized } from '../../../../../support/templates.ts';

it('a template that follows every rule has no findings', () => {
  expect(lintTemplate(clean())).toEqual([]);
});

it('every rule has an id of its own, and stands in the documentation with its source', async () => {
  const ids = lintRules.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  const page = await readFile(new URL('docs/templates.md', PROJECT_DIRECTORY), 'utf8');
  const rows = new Map(page.split('\n').map((line) => [/^\| `([a-z-]+)`/.exec(line)?.[1], line]));
  for (const { id, source } of lintRules) expect(rows.get(id)).toContain(source);
});

it('errors come before warnings', () => {
  const body = `{{order}} ${'x'.repeat(500)} bit.ly/x`;
  expect(lintTemplate(clean({ body })).map(({ severity }) => severity)).toEqual([
    'ERROR',
    'WARNING',
  ]);
});

it('at most 200 findings are kept, the gravest of them', () => {
  const findings = lintTemplate(clean({ body: `${'offer '.repeat(300)} bit.ly/{{order}}` }));
  expect(findings).toHaveLength(200);
  expect(findings[0]?.rule).toBe('link-shorteners');
});

it('names of variables are read in a time that grows with their length', () => {
  // With a pattern that backtracks this takes hours.
  const name = `a${'1'.repeat(38)}x`;
  const of = clean({ smsText: `{{${name}}}` }, { variables: [variable('order'), variable(name)] });
  expect(lintTemplate(of)).toEqual([]);
});

describe('an SMS', () => {
  it.each([
    ['three parts', 'x'.repeat(439), 20, 0],
    ['a fourth part by its variable', 'x'.repeat(440), 20, 1],
    ['four parts by its variable alone', '', 460, 1],
  ])('of %s at its longest', (_, words, charactersMax, count) => {
    const variables = [variable('order', { charactersMax })];
    const of = clean({ smsText: `${words}{{order}}` }, { variables });
    expect(found('long-sms', of)).toEqual(Array(count).fill('WARNING smsText'));
  });

  it('that no provider would take, whatever its variables, is an error', () => {
    const body = (length: number) => clean({ body: `{{order}}${'x'.repeat(length)}` });
    expect(found('long-sms', body(1_530))).toEqual(['WARNING body']);
    expect(found('long-sms', body(1_531))).toEqual(['ERROR body']);
  });

  it('is counted no further than any SMS goes', () => {
    const variables = [variable('order', { charactersMax: 500 })];
    const [finding] = lintTemplate(clean({ smsText: '{{order}}'.repeat(160) }, { variables }));
    expect(finding?.sentence).toContain('it takes over 10 segments, more than 3.');
  });

  it('that shows a mask is as long as the mask', () => {
    const variables = [variable('order', { sensitive: true, charactersMax: 500 })];
    expect(found('long-sms', clean({}, { variables }))).toEqual([]);
  });

  it('of what is highly sensitive is as long as its neutral text', () => {
    const of = (neutralText: string) => clean({ neutralText }, { sensitivity: 'HIGH' });
    expect(found('long-sms', of('x'.repeat(460)))).toEqual(['WARNING neutralText']);
    expect(found('long-sms', of('x'))).toEqual([]);
  });

  it('names the characters that cost it parts', () => {
    const smsText = `Today’s order – {{order}}: ${'x'.repeat(60)}`;
    const of = clean({ smsText });
    expect(found('unicode-in-sms', of)).toEqual(['WARNING smsText “’”']);
    const [finding] = lintTemplate(of);
    expect(finding?.sentence).toBe(
      '’ – are outside the GSM alphabet: at its longest the text takes 2 segments instead of 1.',
    );
  });

  it.each([
    ['where they cost nothing', 'Today’s {{order}}'],
    ['where all of it is written in another script', `Ваш заказ {{order}} ${'в пути '.repeat(12)}`],
    ['where they are in the GSM alphabet', `Größe für 5 €: {{order}} ${'é'.repeat(100)}`],
  ])('may have others %s', (_, smsText) => {
    expect(found('unicode-in-sms', clean({ smsText }))).toEqual([]);
  });
});

describe('a push', () => {
  const of = (charactersMax: number, more: Partial<Template> = {}) =>
    found(
      'oversized-push',
      clean(
        { title: 'Order', body: `${'ü'.repeat(1_230)}{{order}}{{order}}` },
        { channels: ['PUSH'], variables: [variable('order', { charactersMax })], ...more },
      ),
    );

  it('that its variables make too large is found, by its bytes', () => {
    expect(of(480)).toEqual([]);
    expect(of(500)).toEqual(['WARNING body']);
  });

  it('is not looked at where there is none, or it never travels in clear text', () => {
    expect(of(500, { channels: ['SMS'] })).toEqual([]);
    expect(of(500, { sensitivity: 'HIGH' })).toEqual([]);
  });
});

describe('a card', () => {
  const of = (
    content: Partial<LocalizedContent>,
    charactersMax: number,
    more: Partial<Template> = {},
  ) =>
    found(
      'oversized-card',
      clean(content, { variables: [variable('order', { charactersMax })], ...more }),
    );
  const title = 'Order {{order}}';

  it('that its variables make too large is found, part by part', () => {
    expect(of({ title }, 194)).toEqual([]);
    expect(of({ title }, 195)).toEqual(['WARNING title']);
    const body = `${'x'.repeat(1_900)}{{order}}`;
    expect(of({ body }, 100)).toEqual([]);
    expect(of({ body }, 101)).toEqual(['WARNING body']);
  });

  it('without a title is a text, and may be longer', () => {
    const body = `${'x'.repeat(1_900)}{{order}}{{order}}{{order}}`;
    expect(of({ title: null, body }, 390)).toEqual([]);
    expect(of({ title: null, body }, 391)).toEqual(['WARNING body']);
  });

  it('is looked at where it travels by RCS in clear text alone', () => {
    expect(of({ title }, 500, { sensitivity: 'HIGH' })).toEqual([]);
    expect(of({ title }, 500, { channels: ['SMS'] })).toEqual([]);
  });
});

describe('locales', () => {
  const among = (rule: string, ...locales: Partial<LocalizedContent>[]) =>
    lintTemplate(clean({}, { locales: locales.map(localized) }))
      .filter((finding) => finding.rule === rule)
      .map(({ locale, sentence }) => [locale, sentence]);

  it('that leave a variable out are named', () => {
    expect(
      among('placeholder-coverage', {}, { locale: 'de', body: 'Bestellung unterwegs.' }),
    ).toEqual([['de', '{{order}} stands in en, but nowhere in de.']]);
    expect(
      among('placeholder-coverage', {}, { locale: 'de', smsText: '{{order}}', body: 'x' }),
    ).toEqual([]);
  });

  it('that all leave it out are named once', () => {
    expect(among('placeholder-coverage', { body: 'x' })).toEqual([
      [null, 'No text uses {{order}}.'],
    ]);
  });

  it('of several regions need one for the language', () => {
    const regions = [{ locale: 'de-AT' }, { locale: 'de-CH' }];
    expect(among('locale-fallback', {}, ...regions)).toEqual([
      ['de-AT', 'Readers of de from elsewhere get de-AT: a locale de is missing.'],
    ]);
    expect(among('locale-fallback', {}, ...regions, { locale: 'de' })).toEqual([]);
    expect(among('locale-fallback', {}, { locale: 'de-AT' })).toEqual([]);
  });
});
