// Disclosures: which sentences a text needs, that they are appended once, and that the lint and the preview know them.
import { describe, expect, it } from '@jest/globals';
import type { Content } from '../../../../../subgraphs/messages/domain/content.ts';
import {
  disclosed,
  sentencesFor,
  type Disclosure,
} from '../../../../../subgraphs/messages/domain/disclosure.ts';
import { lintTemplate } from '../../../../../subgraphs/messages/domain/lint/lint-template.ts';
import { previewOf } from '../../../../../subgraphs/messages/domain/preview.ts';
import { localized, template } from '../../../../support/templates.ts';

const STOP = 'Reply STOP to end.';
const disclosure = (more: Partial<Disclosure> = {}): Disclosure => ({
  region: 'US',
  channel: 'SMS',
  purpose: 'MARKETING',
  language: null,
  sentence: STOP,
  ...more,
});
const offer = (smsText: string | null = 'All is cheaper.') =>
  template({
    type: 'MARKETING',
    purpose: 'MARKETING',
    channels: ['SMS', 'RCS'],
    locales: [localized({ locale: 'en-US', body: 'All is cheaper today.', smsText })],
  });

describe('a sentence has to stand in a text', () => {
  const american = { region: 'US', channel: 'SMS', purpose: 'MARKETING', locale: 'en-US' } as const;

  it.each<[string, Partial<Disclosure>, boolean]>([
    ['of its region, channel and purpose', {}, true],
    ['wherever it goes, without a region', { region: null }, true],
    ['of its language', { language: 'en' }, true],
    ['but not of another language', { language: 'es' }, false],
    ['but not of another region', { region: 'CA' }, false],
    ['but not on another channel', { channel: 'RCS' }, false],
    ['but not for another purpose', { purpose: 'TRANSACTIONAL' }, false],
  ])('%s', (_, more, needed) => {
    expect(sentencesFor([disclosure(more)], american)).toEqual(needed ? [STOP] : []);
  });

  it('where nobody knows the region, only when it holds everywhere', () => {
    const nowhere = { ...american, region: null };
    const both = [disclosure(), disclosure({ region: null, sentence: 'Ads.' })];
    expect(sentencesFor(both, nowhere)).toEqual(['Ads.']);
  });
});

describe('a text', () => {
  const content: Content = {
    title: null,
    body: 'All is cheaper. ',
    smsText: 'Cheaper.',
    actions: [],
    link: null,
  };

  it('gets the sentences that it lacks, once and in their order', () => {
    const once = disclosed(content, [STOP, 'Acme, Vienna.', STOP]);
    expect(once.smsText).toBe(`Cheaper. ${STOP} Acme, Vienna.`);
    expect(once.body).toBe(`All is cheaper.\n${STOP}\nAcme, Vienna.`);
    expect(disclosed(once, [STOP, 'Acme, Vienna.'])).toEqual(once);
  });

  it('keeps a sentence that it has in its own spelling', () => {
    const said = { ...content, smsText: 'Cheaper. REPLY  stop\nto end. Soon!' };
    expect(disclosed(said, [STOP]).smsText).toBe(said.smsText);
  });
});

describe('what is sent', () => {
  const sms = (disclosures: readonly Disclosure[], region: string | null) =>
    previewOf({
      template: offer(),
      variables: new Map(),
      locale: 'en-US',
      region,
      disclosures,
      protection: null,
      nativeE2ee: new Set(),
      messageId: 'msg_1',
      link: 'https://parley.example/l/1',
      unsubscribeUrl: '',
    }).renderings.map(({ channel, protection, content }) =>
      'text' in content
        ? `${channel} ${protection}: ${content.text}`
        : `${channel} ${protection}: ${content.body}`,
    );

  it('has them in clear text and beside a link, on their channel alone', () => {
    expect(sms([disclosure()], 'US')).toEqual([
      `SMS CLEAR: All is cheaper. ${STOP}`,
      `SMS LINK_ONLY: ${localized().neutralText} ${STOP} https://parley.example/l/1`,
      'RCS CLEAR: All is cheaper today.',
      `RCS ENVELOPE: ${localized().neutralText}`,
      `RCS LINK_ONLY: ${localized().neutralText}`,
    ]);
    expect(sms([disclosure()], 'AT')[0]).toBe('SMS CLEAR: All is cheaper.');
  });
});

describe('the lint', () => {
  const rules = (of: ReturnType<typeof offer>, disclosures: readonly Disclosure[]) =>
    lintTemplate(of, disclosures)
      .filter(({ rule }) => rule.startsWith('sms-opt-out') || rule === 'long-sms')
      .map(({ rule }) => rule);

  it('asks for no sentence that is appended by itself', () => {
    expect(rules(offer(), [])).toEqual(['sms-opt-out']);
    expect(rules(offer(), [disclosure()])).toEqual([]);
    expect(rules(offer(null), [disclosure()])).toEqual([]);
    expect(rules(offer(), [disclosure({ region: 'CA' })])).toEqual(['sms-opt-out']);
  });

  it('counts them: what was short may be long with them', () => {
    const long = offer('x'.repeat(450));
    expect(rules(long, [])).toEqual(['sms-opt-out']);
    expect(rules(long, [disclosure()])).toEqual(['long-sms']);
  });
});
