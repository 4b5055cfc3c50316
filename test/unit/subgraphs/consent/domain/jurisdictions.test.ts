// The rules of the regions: complete, sourced, and strictest where nothing is known.
import { describe, expect, test } from '@jest/globals';
import {
  STRICT,
  ruleSetOf,
  ruleSets,
} from '../../../../../subgraphs/consent/domain/jurisdictions.ts';

test.each([
  ['AT', 'GDPR'],
  ['NO', 'GDPR'],
  ['GB', 'GDPR'],
  ['DE-BY', 'GDPR'],
  ['US', 'TCPA'],
  ['US-NY', 'TCPA'],
  ['US-CA', 'CPRA'],
  ['CA', 'CASL'],
  ['CA-QC', 'CASL'],
  ['BR', 'STRICT'],
  ['XX', 'STRICT'],
  ['', 'STRICT'],
  [null, 'STRICT'],
])('in %s the rules are those of %s', (region, name) => {
  expect(ruleSetOf(region).name).toBe(name);
});

describe.each(ruleSets.map((rules) => [rules.name, rules] as const))('%s', (_, rules) => {
  test('never takes marketing or archiving for implied', () => {
    const implied = Object.values(rules.implied).flatMap(({ purposes }) => purposes);
    expect(implied).not.toContain('MARKETING');
    expect(implied).not.toContain('ARCHIVE');
  });

  test('names its sources, and what a text must disclose', () => {
    expect(rules.sources.length).toBeGreaterThan(0);
    expect(rules.disclosures.length).toBeGreaterThan(1);
  });

  test('is nowhere stricter than the strict default', () => {
    for (const method of ['RELATIONSHIP', 'INQUIRY'] as const) {
      const allowed = rules.implied[method].purposes;
      expect(allowed).toEqual(expect.arrayContaining([...STRICT.implied[method].purposes]));
    }
    expect(STRICT.withdrawalDays).toBeLessThanOrEqual(rules.withdrawalDays);
    expect(STRICT.retentionDays).toBeGreaterThanOrEqual(rules.retentionDays);
    expect(STRICT.startPurposes).toEqual([]);
  });
});
