// Sentences that have to stand in what is sent, by region, channel and purpose: appended where they do not.
import type { Channel, Purpose } from '../../../schema/vocabulary.ts';
import type { Content } from './content.ts';
import type { LocalizedContent, Template } from './template.ts';

export interface Disclosure {
  /** ISO 3166-1 alpha-2; null: everywhere, and also where nobody knows the region. */
  readonly region: string | null;
  readonly channel: Channel;
  readonly purpose: Purpose;
  /** ISO 639 code of the texts that it stands in; null: whatever they are written in. */
  readonly language: string | null;
  readonly sentence: string;
}

/** Where a text goes. */
interface Destination {
  readonly region: string | null;
  readonly channel: Channel;
  readonly purpose: Purpose;
  /** Of the text itself. */
  readonly locale: string;
}

/** The sentences that have to stand in a text, in their order. */
export function sentencesFor(
  disclosures: readonly Disclosure[],
  { region, channel, purpose, locale }: Destination,
): string[] {
  const language = locale.split('-')[0]?.toLowerCase();
  return disclosures
    .filter((one) => one.channel === channel && one.purpose === purpose)
    .filter((one) => one.region === null || one.region === region)
    .filter((one) => one.language === null || one.language === language)
    .map(({ sentence }) => sentence);
}

/** The content with the sentences that it does not have. A link is not a text: an SMS carries it behind them. */
export function disclosed(content: Content, sentences: readonly string[]): Content {
  if (sentences.length === 0) return content;
  return {
    ...content,
    body: append(content.body, sentences, '\n'),
    smsText: append(content.smsText, sentences, ' '),
  };
}

/** The template as it is sent where its locales are read, for whoever counts and judges its texts. `regionOf`: the region
 *  of a locale's readers. */
export function disclosedTemplate(
  template: Template,
  disclosures: readonly Disclosure[],
  regionOf: (locale: string) => string | null,
): Template {
  const { purpose, channels, locales } = template;
  if (disclosures.length === 0) return template;
  return {
    ...template,
    locales: locales.map((content): LocalizedContent => {
      const { locale } = content;
      const of = (channel: Channel): string[] =>
        sentencesFor(disclosures, { region: regionOf(locale), channel, purpose, locale });
      const sms = channels.includes('SMS') ? of('SMS') : [];
      const others = channels.filter((channel) => channel !== 'SMS').flatMap(of);
      return {
        ...content,
        body: append(content.body, others, '\n'),
        smsText:
          sms.length === 0 ? content.smsText : append(content.smsText ?? content.body, sms, ' '),
        neutralText: append(content.neutralText, sms, ' '),
      };
    }),
  };
}

function append(text: string, sentences: readonly string[], between: string): string {
  return sentences.reduce(
    (before, sentence) =>
      plain(before).includes(plain(sentence)) ? before : `${before.trimEnd()}${between}${sentence}`,
    text,
  );
}

/** As readers take it: capitals, and how words are set apart, make no difference. */
const plain = (text: string): string => text.toLowerCase().replaceAll(/\s+/g, ' ').trim();
