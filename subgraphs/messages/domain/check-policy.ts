// What a policy may say: the range of each number, and that every route has a score.
import { Channel, protectionsOf } from '../../../schema/vocabulary.ts';
import type { PolicyContent, RouteScore } from './policy.ts';
import type { Disclosure } from './disclosure.ts';
import type { RegionHours } from './marketing-hours.ts';
import type { Rollout } from './rollout.ts';
import {
  EXPIRY_SECONDS,
  isStorable,
  placeholdersOf,
  RECEIPT_WINDOW_SECONDS,
  type Finding,
} from './template.ts';

export const SCORE = { min: 0, max: 1_000 } as const;
const SCORES_MAX = 50;
const TRIES = { min: 1, max: 5 } as const;
const ROUTE_WINDOW_MS = { min: 30_000, max: 900_000 } as const;
const DISCLOSURES_MAX = 50;
/** A segment of GSM-7. */
const SENTENCE_CHARACTERS_MAX = 160;
const LANGUAGE = /^[a-z]{2,3}$/;
const CAP = { min: 0, max: 100 } as const;
const TIME = /^(?:[01]\d|2[0-3]):[0-5]\d$/;
const REGIONS_MAX = 250;
const SPANS_MAX = 14;
const ROLLOUTS_MAX = 20;
const FILTERS_MAX = 50;
const CARRIER_CHARACTERS_MAX = 64;
const PERCENT = { min: 0, max: 100 } as const;
/** As feature flags are named. */
const ROLLOUT_NAME = /^[a-z][a-z0-9_.-]{0,63}$/;
const REGION = /^[A-Z]{2}$/;
const BACKOFF_MS = { min: 100, max: 300_000 } as const;

interface Range {
  readonly min: number;
  readonly max: number;
}
type Expect = (holds: boolean, path: readonly string[], sentence: string) => void;

const within = (value: number, { min, max }: Range): boolean => value >= min && value <= max;
/** For people: 604,800. */
const spelled = ({ min, max }: Range): string =>
  `${min.toLocaleString('en')} to ${max.toLocaleString('en')}`;

/** Everything that is wrong with the content, by the path of the input; empty when it may be used. */
export function checkPolicy(content: PolicyContent): Finding[] {
  const findings: Finding[] = [];
  const expect: Expect = (holds, path, sentence) => {
    if (!holds) findings.push({ path, sentence });
  };
  checkScores(content.scores, expect);
  checkNumbers(content, expect);
  checkRollouts(content.rollouts, expect);
  checkHours(content.marketingHours, expect);
  checkDisclosures(content.disclosures, expect);
  for (const field of ['perDay', 'perWeek'] as const) {
    const max = content.marketingCap[field];
    const sentence = `It lies within ${spelled(CAP)}.`;
    expect(max === null || within(max, CAP), ['marketingCap', field], sentence);
  }
  return findings;
}

function checkScores(scores: readonly RouteScore[], expect: Expect): void {
  expect(scores.length <= SCORES_MAX, ['scores'], `There are at most ${SCORES_MAX} entries.`);
  const seen = new Set<string>();
  scores.forEach(({ channel, protection, sensitivity, score }, index) => {
    const path = (field: string): string[] => ['scores', String(index), field];
    const about = [channel, protection, sensitivity].join(' ');
    expect(within(score, SCORE), path('score'), `It lies within ${spelled(SCORE)}.`);
    expect(!seen.has(about), path('channel'), 'The same route has a score already.');
    const carried = protection === null || protectionsOf[channel].includes(protection);
    expect(carried, path('protection'), `${channel} does not carry ${protection}.`);
    seen.add(about);
  });
  const missing = Object.values(Channel).filter(
    (channel) =>
      !scores.some(
        (entry) =>
          entry.channel === channel && entry.protection === null && entry.sensitivity === null,
      ),
  );
  expect(
    missing.length === 0,
    ['scores'],
    `Every channel has a score for whatever is sent; missing: ${missing.join(', ')}.`,
  );
}

function checkNumbers(
  { types, triesMax, routeWindowMs, backoff }: PolicyContent,
  expect: Expect,
): void {
  const range = (value: number, limits: Range, path: readonly string[]): void =>
    expect(within(value, limits), path, `It lies within ${spelled(limits)}.`);
  for (const [type, rule] of Object.entries(types)) {
    const { receiptWindowSeconds, expirySeconds } = rule;
    range(receiptWindowSeconds, RECEIPT_WINDOW_SECONDS, ['types', type, 'receiptWindowSeconds']);
    range(expirySeconds, EXPIRY_SECONDS, ['types', type, 'expirySeconds']);
  }
  range(triesMax, TRIES, ['triesMax']);
  range(routeWindowMs, ROUTE_WINDOW_MS, ['routeWindowMs']);
  range(backoff.baseMs, BACKOFF_MS, ['backoff', 'baseMs']);
  range(backoff.capMs, BACKOFF_MS, ['backoff', 'capMs']);
  expect(backoff.capMs >= backoff.baseMs, ['backoff', 'capMs'], 'It is at least the base.');
}

function checkRollouts(rollouts: readonly Rollout[], expect: Expect): void {
  expect(rollouts.length <= ROLLOUTS_MAX, ['rollouts'], `There are at most ${ROLLOUTS_MAX}.`);
  const seen = new Set<string>();
  for (const { name, channel, protection, percent, regions, carriers } of rollouts) {
    const at = (field: string): string[] => ['rollouts', name, field];
    const named = 'A name is a lower-case letter and at most 63 of a-z, 0-9, _ . and -.';
    expect(ROLLOUT_NAME.test(name), at('name'), named);
    expect(!seen.has(name), at('name'), 'A name stands here once.');
    seen.add(name);
    const carried = protection === null || protectionsOf[channel].includes(protection);
    expect(carried, at('protection'), `${channel} does not carry ${protection}.`);
    expect(within(percent, PERCENT), at('percent'), `It lies within ${spelled(PERCENT)}.`);
    const places = regions.length <= FILTERS_MAX && regions.every((one) => REGION.test(one));
    const regionsSentence = `At most ${FILTERS_MAX} regions of two capital letters by ISO 3166-1.`;
    expect(places, at('regions'), regionsSentence);
    const texts =
      carriers.length <= FILTERS_MAX &&
      carriers.every((one) => isStorable(one) && one.length <= CARRIER_CHARACTERS_MAX);
    const carriersSentence = `At most ${FILTERS_MAX} carriers of up to ${CARRIER_CHARACTERS_MAX} characters.`;
    expect(texts, at('carriers'), carriersSentence);
  }
}

function checkHours(hours: readonly RegionHours[], expect: Expect): void {
  expect(hours.length <= REGIONS_MAX, ['marketingHours'], `At most ${REGIONS_MAX} regions.`);
  const seen = new Set<string>();
  for (const { region, open } of hours) {
    const at = (field: string): string[] => ['marketingHours', region, field];
    expect(REGION.test(region), at('region'), 'Two capital letters by ISO 3166-1, such as AT.');
    expect(!seen.has(region), at('region'), 'A region stands here once.');
    seen.add(region);
    expect(open.length <= SPANS_MAX, at('open'), `At most ${SPANS_MAX} spans.`);
    const isSpan = open.every(
      ({ days, from, to }) =>
        days.length > 0 && TIME.test(from) && (TIME.test(to) || to === '24:00') && from < to,
    );
    const sentence =
      'A span has a day, begins at HH:MM, and ends later on that day, at 24:00 at last.';
    expect(isSpan, at('open'), sentence);
  }
}

function checkDisclosures(disclosures: readonly Disclosure[], expect: Expect): void {
  const most = `There are at most ${DISCLOSURES_MAX}.`;
  expect(disclosures.length <= DISCLOSURES_MAX, ['disclosures'], most);
  disclosures.forEach(({ region, language, sentence }, index) => {
    const at = (field: string): string[] => ['disclosures', String(index), field];
    const place = 'Two capital letters by ISO 3166-1, such as US.';
    expect(region === null || REGION.test(region), at('region'), place);
    const tongue = 'Two or three small letters by ISO 639, such as en.';
    expect(language === null || LANGUAGE.test(language), at('language'), tongue);
    const isSentence =
      sentence.trim() !== '' &&
      sentence.length <= SENTENCE_CHARACTERS_MAX &&
      isStorable(sentence) &&
      placeholdersOf(sentence).length === 0;
    const plain = `It has 1 to ${SENTENCE_CHARACTERS_MAX} characters, and takes no variables.`;
    expect(isSentence, at('sentence'), plain);
  });
}
