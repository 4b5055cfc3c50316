// The lint of a template: every rule of regions, carriers and our own, over all of its locales.
import { disclosedTemplate, type Disclosure } from '../disclosure.ts';
import type { Template } from '../template.ts';
import { oversizedCards } from './card-size.ts';
import type { LintFinding, LintRule } from './finding.ts';
import { linkShorteners } from './link-shorteners.ts';
import { localeFallback, placeholderCoverage } from './locale-coverage.ts';
import { personalData } from './personal-data.ts';
import { promotionalWords } from './promotional-words.ts';
import { oversizedPushes } from './push-size.ts';
import { longSms, unicodeInSms } from './sms-length.ts';
import { regionOf } from './texts.ts';
import { smsDisclosure, smsOptOut } from './sms-opt-out.ts';

export const lintRules: readonly LintRule[] = [
  personalData,
  smsOptOut,
  smsDisclosure,
  promotionalWords,
  linkShorteners,
  longSms,
  unicodeInSms,
  oversizedCards,
  oversizedPushes,
  placeholderCoverage,
  localeFallback,
];

/** More than anybody reads; they are kept with the version. */
const FINDINGS_MAX = 200;

/** What the rules say about a template that `checkTemplate` accepts, as it is sent with its disclosures; what is grave
 *  comes first. */
export function lintTemplate(of: Template, disclosures: readonly Disclosure[] = []): LintFinding[] {
  const template = disclosedTemplate(of, disclosures, regionOf);
  const findings = lintRules.flatMap(({ id, source, find }) =>
    find(template).map((breach): LintFinding => ({ rule: id, source, ...breach })),
  );
  const gravestFirst = findings.toSorted((a, b) => Number(isError(b)) - Number(isError(a)));
  return gravestFirst.slice(0, FINDINGS_MAX);
}

/** Whether a finding keeps the template from being submitted. */
export function isError({ severity }: LintFinding): boolean {
  return severity === 'ERROR';
}
