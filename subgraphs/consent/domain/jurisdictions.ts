// What the law of a region asks of a consent: one rule set a regulation, as data, each number with its source.
import type { CaptureMethod, Purpose, Regulation } from '../../../schema/vocabulary.ts';

/** Changes with every change of a rule below; decisions name it. */
export const RULES_VERSION = '2026-11';

export type RuleSetName = Exclude<Regulation, 'ALL'> | 'STRICT';

/** Ways to be consented without having agreed. */
export type ImpliedMethod = Extract<CaptureMethod, 'RELATIONSHIP' | 'INQUIRY'>;

/** For which purposes something other than an opt-in suffices, and for how many days; null: until it is withdrawn. */
export interface Implied {
  readonly purposes: readonly Purpose[];
  readonly days: number | null;
}

export interface RuleSet {
  readonly name: RuleSetName;
  /** The regulations whose records count here, beside those that count everywhere. */
  readonly regulations: readonly Regulation[];
  readonly implied: Readonly<Record<ImpliedMethod, Implied>>;
  /** What the word START may opt in again: a word on a phone is not always the opt-in that the law asks for. */
  readonly startPurposes: readonly Purpose[];
  /** What the text that people agree to must say. */
  readonly disclosures: readonly string[];
  /** Within how many days a withdrawal must be honoured. Here it is at once; the number is for reports. */
  readonly withdrawalDays: number;
  /** How long the evidence of a consent is kept after it ended. */
  readonly retentionDays: number;
  /** Where the above is written, in the order of the fields. */
  readonly sources: readonly string[];
}

const NEVER: Implied = { purposes: [], days: 0 };
const REMINDERS: readonly Purpose[] = ['TRANSACTIONAL'];

const GDPR: RuleSet = {
  name: 'GDPR',
  regulations: ['GDPR'],
  implied: { RELATIONSHIP: { purposes: REMINDERS, days: null }, INQUIRY: NEVER },
  startPurposes: ['TRANSACTIONAL'],
  disclosures: ['who the sender is', 'each purpose by itself', 'the right to withdraw at any time'],
  withdrawalDays: 0,
  retentionDays: 1_826,
  sources: [
    'Opt-in: Directive 2002/58/EC art. 13(1); Regulation (EU) 2016/679 art. 4(11), 6(1)(a), 7; UK: PECR 2003 reg. 22',
    'Relationship: Regulation (EU) 2016/679 art. 6(1)(b), what a contract needs; UK GDPR art. 6(1)(b)',
    'START: art. 4(11) and 7(1), a specific and informed consent must be shown, which one word does not do for marketing',
    'Disclosures: art. 7(2), 7(3), 13; withdrawal: art. 7(3)',
    'Retention: art. 5(1)(e), 7(1) give no number; the strictest of the members is Germany, UWG section 7a(2), 5 years',
  ],
};

const TCPA: RuleSet = {
  name: 'TCPA',
  // A person whose state is not known may be a Californian.
  regulations: ['TCPA', 'CPRA'],
  implied: {
    RELATIONSHIP: { purposes: ['TRANSACTIONAL', 'ANALYTICS', 'PERSONALIZATION'], days: null },
    INQUIRY: NEVER,
  },
  startPurposes: ['TRANSACTIONAL', 'MARKETING'],
  disclosures: [
    'who the sender is',
    'that messages may be sent automatically',
    'that agreeing is no condition of a purchase',
    'how often, message and data rates, HELP and STOP',
  ],
  withdrawalDays: 14,
  retentionDays: 1_826,
  sources: [
    'Opt-in: 47 CFR 64.1200(a)(2), (f)(9), prior express written consent for advertising',
    'Relationship: 47 CFR 64.1200(a)(1); FCC 92-443 para. 31, a number given for the transaction',
    'START: CTIA Messaging Principles and Best Practices (2023) section 5.1; a keyword is an electronic signature, 15 USC 7001',
    'Disclosures: 47 CFR 64.1200(f)(9)(i); CTIA section 5.2',
    'Withdrawal: 47 CFR 64.1200(a)(10), ten business days; retention: 16 CFR 310.5, five years',
  ],
};

const CPRA: RuleSet = {
  ...TCPA,
  name: 'CPRA',
  regulations: ['CPRA', 'TCPA'],
  // What federal law permits by relationship, a Californian may have opted out of: that is a withdrawal, not a rule here.
  disclosures: [...TCPA.disclosures, 'the right to opt out of sale and sharing'],
  sources: [
    ...TCPA.sources,
    'California: Cal. Civ. Code 1798.120, 1798.135 (opt-out); 11 CCR 7101 keeps requests for 24 months, less than the above',
  ],
};

const CASL: RuleSet = {
  name: 'CASL',
  regulations: ['CASL'],
  implied: {
    RELATIONSHIP: { purposes: REMINDERS, days: 730 },
    INQUIRY: { purposes: REMINDERS, days: 180 },
  },
  startPurposes: ['TRANSACTIONAL', 'MARKETING'],
  disclosures: [
    'who the sender is, with an address',
    'each purpose',
    'that consent can be withdrawn',
  ],
  withdrawalDays: 14,
  retentionDays: 1_096,
  sources: [
    'Opt-in: S.C. 2010, c. 23, s. 6(1), 10(1)',
    'Relationship: s. 10(9)(a), 10(10), two years; inquiry: s. 10(10)(e), six months, counted as 180 days',
    'START: s. 10(1), an express request; CWTA short code guidelines',
    'Disclosures: s. 6(2), 10(1); SOR/2012-36 s. 2 to 4',
    'Withdrawal: s. 11(3), ten business days; retention: s. 13 and 23(1), three years to bring a case',
  ],
};

/** For regions that are unknown, or whose law is not written here: nothing is implied, nothing comes back by a word. */
export const STRICT: RuleSet = {
  name: 'STRICT',
  regulations: [],
  implied: { RELATIONSHIP: NEVER, INQUIRY: NEVER },
  startPurposes: [],
  disclosures: [...new Set([GDPR, TCPA, CASL].flatMap(({ disclosures }) => disclosures))],
  withdrawalDays: 0,
  retentionDays: 1_826,
  sources: ['The strictest of the others in each field'],
};

export const ruleSets: readonly RuleSet[] = [GDPR, TCPA, CPRA, CASL, STRICT];

// The members of the EU, the three others of the EEA, and the United Kingdom.
const GDPR_REGIONS =
  'AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK EU IS LI NO GB';

const byRegion: ReadonlyMap<string, RuleSet> = new Map([
  ...GDPR_REGIONS.split(' ').map((region) => [region, GDPR] as const),
  ['US', TCPA],
  ['US-CA', CPRA],
  ['CA', CASL],
]);

/** The rules of a region: a country by ISO 3166, or one of its parts; null for an unknown one. */
export function ruleSetOf(region: string | null): RuleSet {
  if (region === null) return STRICT;
  return byRegion.get(region) ?? byRegion.get(region.split('-', 1)[0] ?? '') ?? STRICT;
}

/** Where a rule set applies by name; none for STRICT, which applies everywhere else. */
export function regionsOf(name: RuleSetName): string[] {
  return [...byRegion].flatMap(([region, rules]) => (rules.name === name ? [region] : []));
}
