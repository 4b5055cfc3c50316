// Personal data that anybody on the way could read: in the SMS and in the neutral text, by its form or by a variable's name.
import type { LintSeverity } from '../../../../schema/vocabulary-templates.ts';
import { placesOf, type LocalizedContent, type Template } from '../template.ts';
import type { Breach, LintRule } from './finding.ts';
import { mayTravelClear, smsTextOf, type PlacedText } from './texts.ts';

interface TellingName {
  readonly severity: LintSeverity;
  readonly what: string;
  /** What a variable's name ends with. */
  readonly words: readonly string[];
}

/** To send one is what an OTP template is for. */
const credentials: TellingName = {
  severity: 'ERROR',
  what: 'a credential',
  words: ['cvc', 'cvv', 'passcode', 'password', 'pin', 'secret'],
};

/** Contact data is less than what opens an account. */
const tellingNames: readonly TellingName[] = [
  {
    severity: 'ERROR',
    what: 'a number that opens an account',
    words: ['account', 'card', 'iban', 'konto', 'pan'],
  },
  {
    severity: 'ERROR',
    what: 'an official identity',
    words: ['passport', 'social_security', 'ssn', 'svnr'],
  },
  {
    severity: 'ERROR',
    what: 'about a person’s health',
    words: ['diagnosis', 'disease', 'medication', 'patient', 'prescription'],
  },
  {
    severity: 'WARNING',
    what: 'personal',
    words: ['address', 'birthdate', 'birthday', 'dob', 'email', 'mobile', 'phone', 'surname'],
  },
];

/** What gives itself away by its form. `holds` tells the real ones from other digits. */
const tellingForms: readonly {
  readonly what: string;
  readonly pattern: RegExp;
  readonly holds: (found: string) => boolean;
}[] = [
  {
    what: 'a card number',
    pattern: /(?<![\d.-])\d(?:[ -]?\d){12,18}(?![\d-])/g,
    holds: (found) => passesLuhn(found.replaceAll(/\D/g, '')),
  },
  {
    what: 'an IBAN',
    pattern: /(?<![\p{L}\p{N}])[A-Z]{2}\d{2}(?: ?[A-Z0-9]){11,30}(?![\p{L}\p{N}])/gu,
    holds: (found) => passesIbanCheck(found.replaceAll(' ', '')),
  },
  {
    what: 'a US social security number',
    pattern: /(?<![\d-])(?!000|666|9)\d{3}-(?!00)\d{2}-(?!0000)\d{4}(?![\d-])/g,
    holds: () => true,
  },
];

export const personalData: LintRule = {
  id: 'personal-data-in-the-open',
  source: 'GDPR, articles 5(1)(c) and 32; Parley: sensitive values never travel in clear text',
  find: (template) => template.locales.flatMap((content) => breachesIn(template, content)),
};

function breachesIn(template: Template, content: LocalizedContent): Breach[] {
  const { locale, neutralText } = content;
  const neutral = { locale, path: ['locales', locale, 'neutralText'], text: neutralText };
  const clear = template.channels.includes('SMS') && mayTravelClear(template);
  const sms = clear ? [smsTextOf(content)] : [];
  return [
    ...sms.flatMap((text) => breachesOfVariables(template, text)),
    ...[...sms, neutral].flatMap(breachesOfForm),
  ];
}

function breachesOfVariables(template: Template, { locale, path, text }: PlacedText): Breach[] {
  return placesOf(text).flatMap(({ name, offset, length }): Breach[] => {
    const at = { locale, path, position: { offset, length } };
    const variable = template.variables.find((declared) => declared.name === name);
    if (variable === undefined) return [];
    if (variable.sensitive) {
      const sentence =
        variable.mask === 'HIDDEN'
          ? `{{${name}}} is sensitive: readers of the SMS see **** in its place.`
          : `{{${name}}} is sensitive: carriers can read its last four characters.`;
      return [{ ...at, severity: 'WARNING', sentence }];
    }
    const telling = whatTells(name, template);
    if (telling === undefined) return [];
    const sentence = `{{${name}}} looks like ${telling.what}, and carriers can read it: declare it sensitive.`;
    return [{ ...at, severity: telling.severity, sentence }];
  });
}

/** `card` and `card_number` tell, `card_brand` does not. */
function whatTells(name: string, { type }: Template): TellingName | undefined {
  const stem = name.replace(/(_?(\d|id|no|nr|number))+$/, '');
  const all = type === 'OTP' ? tellingNames : [credentials, ...tellingNames];
  return all.find(({ words }) => words.some((word) => `_${stem}`.endsWith(`_${word}`)));
}

function breachesOfForm({ locale, path, text }: PlacedText): Breach[] {
  return tellingForms.flatMap(({ what, pattern, holds }) =>
    [...text.matchAll(pattern)]
      .filter(([found]) => holds(found))
      .map(({ 0: found, index }) => ({
        severity: 'ERROR',
        locale,
        path,
        position: { offset: index, length: found.length },
        // Not quoted: a finding must not carry on what it warns of.
        sentence: `It holds ${what}, which anybody on the way can read.`,
      })),
  );
}

/** ISO/IEC 7812-1, annex B. */
function passesLuhn(digits: string): boolean {
  const sum = Array.from(digits)
    .toReversed()
    .reduce((total, digit, index) => {
      const value = Number(digit) * (index % 2 === 1 ? 2 : 1);
      return total + (value > 9 ? value - 9 : value);
    }, 0);
  return sum % 10 === 0;
}

/** ISO 13616: the check digits make the number 1 modulo 97. */
function passesIbanCheck(iban: string): boolean {
  const turned = Array.from(iban.slice(4) + iban.slice(0, 4));
  const digits = turned.map((one) => parseInt(one, 36)).join('');
  return BigInt(digits) % 97n === 1n;
}
