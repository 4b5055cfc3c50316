// The words of a template: what promotes, what ends marketing, what must be said, and links that hide.
import { describe, expect, it } from '@jest/globals';
import { lintTemplate } from '../../../../../../subgraphs/messages/domain/lint/lint-template.ts';
import type {
  LocalizedContent,
  Template,
} from '../../../../../../subgraphs/messages/domain/template.ts';
import { clean, found, marketing, variable } from '../../../../../support/lint.ts';

describe('promotional words', () => {
  it.each<[string, Partial<LocalizedContent>, string[]]>([
    ['in English', { body: '{{order}}. Buy NOW!' }, ['ERROR body “Buy NOW”']],
    ['over a line break', { body: '{{order}}. Buy\nnow!' }, ['ERROR body “Buy\nnow”']],
    ['behind a number', { body: '{{order}}, 20% off' }, ['ERROR body “% off”']],
    ['in the title', { title: 'Flash sale' }, ['ERROR title “Flash sale”']],
    [
      'in the neutral text',
      { neutralText: 'Promo code inside' },
      ['ERROR neutralText “Promo code”'],
    ],
    [
      'once, where a longer phrase holds a shorter one',
      { body: '{{order}}: special offer' },
      ['ERROR body “special offer”'],
    ],
    ['with another meaning', { body: 'The sale of {{order}}' }, ['WARNING body “sale”']],
    [
      'in German',
      { locale: 'de-AT', body: '{{order}}: nur für kurze Zeit' },
      ['ERROR body “nur für kurze Zeit”'],
    ],
    ['in French', { locale: 'fr', body: '{{order}} code promo' }, ['ERROR body “code promo”']],
    [
      'in Spanish',
      { locale: 'es', body: '{{order}} por tiempo limitado' },
      ['ERROR body “por tiempo limitado”'],
    ],
    [
      'in Italian',
      { locale: 'it', body: '{{order}} codice sconto' },
      ['ERROR body “codice sconto”'],
    ],
    [
      'in Portuguese',
      { locale: 'pt-BR', body: '{{order}} compre agora' },
      ['ERROR body “compre agora”'],
    ],
    ['in Dutch', { locale: 'nl', body: '{{order}} op is op' }, ['ERROR body “op is op”']],
    [
      'in English, in a language without a list',
      { locale: 'fi', body: '{{order}} buy now' },
      ['ERROR body “buy now”'],
    ],
  ])('are found: %s', (_, content, findings) => {
    expect(found('promotional-words', clean(content))).toEqual(findings);
  });

  it.each<[string, Template]>([
    ['in marketing', clean({ body: '{{order}} Buy now! STOP to end' }, marketing)],
    ['within other words', clean({ body: 'The wholesaler ideally has {{order}}.' })],
    ['of another language', clean({ locale: 'de', body: 'Ihr Deal, {{order}}' })],
    [
      'as the name of a variable',
      clean(
        { body: 'Less {{discount}} for {{order}}' },
        { variables: [variable('discount'), variable('order')] },
      ),
    ],
  ])('are left alone: %s', (_, of) => {
    expect(found('promotional-words', of)).toEqual([]);
  });
});

describe('the opt-out of a marketing SMS', () => {
  const saying = (locale: string, smsText: string, more: Partial<Template> = {}) =>
    found('sms-opt-out', clean({ locale, smsText }, { ...marketing, ...more }));

  it.each([
    'en-US',
    'en',
    'fr-CA',
    'en-GB',
    'fr-FR',
    'fr',
    'de-AT',
    'nb-NO',
    'de-CH',
    'en-AU',
    'en-NZ',
  ])('is asked for in %s', (locale) => {
    expect(saying(locale, 'Nice things.')).toEqual(['ERROR smsText']);
  });

  it('names the law or the rule of the region', () => {
    const sources = (['en-US', 'en-CA', 'en-GB', 'fr-FR'] as const).map((locale) => {
      const findings = lintTemplate(clean({ locale, smsText: 'Nice.' }, marketing));
      return findings.find(({ rule }) => rule === 'sms-opt-out')?.source ?? '';
    });
    expect(sources.map((source) => /TCPA|CASL|PECR|L\. 34-5/.exec(source)?.[0])).toEqual([
      'TCPA',
      'CASL',
      'PECR',
      'L. 34-5',
    ]);
  });

  it('is advised where no law is known', () => {
    expect(saying('sw-KE', 'Nice things.')).toEqual(['WARNING smsText']);
    expect(saying('xx-qqq-qqq-qqq-qqq', 'Nice things.')).toEqual(['WARNING smsText']);
  });

  it.each([
    ['en', 'Reply STOP to end'],
    ['en', 'Text stop to 12345'],
    ['en-GB', 'To opt out reply NO'],
    ['fr', 'STOP au 36063'],
    ['fr-CA', 'ARRÊT pour terminer'],
    ['es', 'BAJA para no recibir'],
    ['ru', 'Ответьте СТОП'],
    ['zh', '回复退订'],
  ])('is heard in %s: %s', (locale, text) => {
    expect(saying(locale, text)).toEqual([]);
  });

  it('is not heard within another word, nor in the name of a variable', () => {
    expect(saying('en', 'Nonstop music')).toEqual(['ERROR smsText']);
    const variables = [variable('order'), variable('stop')];
    expect(saying('en', 'Music {{stop}}', { variables })).toEqual(['ERROR smsText']);
  });

  it('is looked for in the body where there is no shorter text', () => {
    expect(found('sms-opt-out', clean({}, marketing))).toEqual(['ERROR body']);
  });

  it('is asked for by SMS alone, and of marketing alone', () => {
    expect(saying('en', 'Nice things.', { channels: ['RCS'] })).toEqual([]);
    expect(found('sms-opt-out', clean({ smsText: 'Nice things.' }))).toEqual([]);
  });
});

describe('the disclosures of a marketing SMS', () => {
  it.each([
    ['en-US', 'Nice. STOP to end', 2],
    ['en-US', 'Nice. Msg & data rates may apply. STOP to end', 1],
    ['en-US', 'Nice. HELP for help, STOP to end. Msg&data rates may apply', 0],
    ['es-US', 'AYUDA para ayuda. Aplican tarifas de mensajes y datos. BAJA', 0],
    ['en-GB', 'Nice. STOP to end', 0],
  ])('in %s of "%s" lack %i', (locale, smsText, count) => {
    const findings = found('sms-disclosure', clean({ locale, smsText }, marketing));
    expect(findings).toEqual(Array(count).fill('WARNING smsText'));
  });
});

describe('a public link shortener', () => {
  it.each([
    ['See bit.ly/abc for {{order}}', 'bit.ly'],
    ['See https://t.co/abc for {{order}}', 't.co'],
    ['See HTTPS://WWW.TINYURL.COM for {{order}}', 'WWW.TINYURL.COM'],
    ['{{order}}: goo.gl.', 'goo.gl'],
  ])('is found: %s', (body, host) => {
    expect(found('link-shorteners', clean({ body }))).toEqual([`ERROR body “${host}”`]);
  });

  it('is found behind an action', () => {
    const actions = [{ id: 'track', label: 'Track', url: 'https://is.gd/abc' }];
    expect(found('link-shorteners', clean({ actions }))).toEqual(['ERROR track']);
  });

  it.each([
    'shop.t.co.uk',
    'at.co',
    'my-bit.ly',
    't.com',
    'bit.lydia',
    'https://shop.example/bit_ly',
  ])('is not %s', (host) => {
    expect(found('link-shorteners', clean({ body: `{{order}} ${host}` }))).toEqual([]);
  });
});
