// The platform's own form of consent events, and what purposes mean: read as a whole, or refused with the place.
import { describe, expect, it } from '@jest/globals';
import type { CmpChoice } from '../../../../../../subgraphs/consent/domain/cmp/cmp-event.ts';
import { readGeneric } from '../../../../../../subgraphs/consent/domain/cmp/generic.ts';
import {
  checkMeanings,
  mapChoices,
} from '../../../../../../subgraphs/consent/domain/cmp/purposes.ts';

const NOW = Date.parse('2026-11-20T12:00:00Z');
const granted = { purpose: 'marketing_rcs', status: 'granted', timestamp: '2026-11-20T11:00:00Z' };

const event = (over: object = {}): object => ({
  identifier: '+43 660 1234567',
  choices: [granted],
  cmp: { name: 'Acme consent', version: '4.2' },
  ...over,
});
const read = (over: object = {}) => readGeneric(event(over), NOW);

describe('a consent event', () => {
  it('is read with what it says of law and text', () => {
    const about = { regulation: 'GDPR', jurisdiction: 'AT', policy_version: '2026-11' };
    expect(read(about)).toEqual({
      id: null,
      address: { kind: 'PHONE', text: '+43 660 1234567' },
      regulation: 'GDPR',
      jurisdiction: 'AT',
      policyVersion: '2026-11',
      cmp: { name: 'Acme consent', version: '4.2' },
      choices: [
        {
          code: 'marketing_rcs',
          action: 'GRANTED',
          occurredAt: Date.parse('2026-11-20T11:00:00Z'),
          expiresAt: null,
          path: 'choices.0',
        },
      ],
    });
  });

  it('leaves to the source what it does not say', () => {
    const silent = { regulation: null, jurisdiction: null, policyVersion: null };
    expect(read({ identifier: 'a@example.com' })).toMatchObject({
      ...silent,
      address: { kind: 'EMAIL' },
    });
  });

  it.each<[object, string, string]>([
    [{ identifier: '0660 1234567' }, 'IDENTIFIER_UNREADABLE', 'identifier'],
    [{ choices: [] }, 'MALFORMED', ''],
    [{ choices: Array.from({ length: 101 }, () => granted) }, 'MALFORMED', ''],
    [{ cmp: { name: 'Acme' } }, 'MALFORMED', ''],
    [{ choices: [{ ...granted, status: 'maybe' }] }, 'MALFORMED', 'choices.0'],
    [{ choices: [granted, { status: 'granted' }] }, 'MALFORMED', 'choices.1'],
    [{ regulation: 'LGPD' }, 'REGULATION_UNKNOWN', 'regulation'],
    [{ jurisdiction: 'Austria' }, 'MALFORMED', 'jurisdiction'],
    [{ policy_version: '' }, 'MALFORMED', 'policy_version'],
    [
      { choices: [{ ...granted, timestamp: undefined }] },
      'TIMES_CONTRADICT',
      'choices.0.timestamp',
    ],
    [
      { choices: [{ ...granted, timestamp: '2026-11-20T12:06:00Z' }] },
      'TIMES_CONTRADICT',
      'choices.0.timestamp',
    ],
    [
      { choices: [{ ...granted, expires_at: '2026-11-20T11:00:00Z' }] },
      'TIMES_CONTRADICT',
      'choices.0.expires_at',
    ],
  ])('with %j is refused, and told where', (over, problem, path) => {
    expect(read(over)).toMatchObject({ problem, path });
  });

  it('withdraws from now where its time cannot be believed', () => {
    for (const timestamp of [undefined, 'soon', '2030-01-01T00:00:00Z']) {
      const choices = [{ purpose: 'm', status: 'withdrawn', timestamp }];
      expect(read({ choices })).toMatchObject({
        choices: [{ action: 'WITHDRAWN', occurredAt: null }],
      });
    }
  });
});

describe('purposes', () => {
  const choice = (over: Partial<CmpChoice> = {}): CmpChoice => ({
    code: 'm',
    action: 'GRANTED',
    occurredAt: 1,
    expiresAt: null,
    path: 'choices.0',
    ...over,
  });
  const meanings = [
    { code: 'm', purpose: 'MARKETING', channels: ['RCS', 'SMS'] },
    { code: 'rcs', purpose: 'MARKETING', channels: ['RCS'] },
    { code: 'cookies', purpose: null, channels: [] },
  ] as const;

  it('are what the tenant says, and what concerns other things is passed over', () => {
    expect(mapChoices([choice(), choice({ code: 'cookies' })], meanings)).toEqual([
      {
        purpose: 'MARKETING',
        channels: ['RCS', 'SMS'],
        action: 'GRANTED',
        occurredAt: 1,
        expiresAt: null,
      },
    ]);
  });

  it('that nobody mapped are refused, with all the others of the event', () => {
    const unknown = choice({ code: 'sale', path: 'choices.1' });
    const refused = { problem: 'PURPOSE_UNKNOWN', path: 'choices.1' };
    expect(mapChoices([choice(), unknown], meanings)).toMatchObject(refused);
  });

  it('that are given and withdrawn at once are a contradiction', () => {
    const choices = [choice(), choice({ code: 'rcs', action: 'WITHDRAWN', path: 'choices.1' })];
    const refused = { problem: 'CHOICES_CONTRADICT', path: 'choices.1' };
    expect(mapChoices(choices, meanings)).toMatchObject(refused);
    expect(mapChoices(choices.toReversed(), meanings)).toMatchObject({ problem: refused.problem });
  });

  it('are mapped once each, with channels exactly where they are ours', () => {
    expect(checkMeanings(meanings)).toBeNull();
    expect(checkMeanings([...meanings, meanings[0]])).toMatch(/once/);
    expect(checkMeanings([{ code: 'x', purpose: null, channels: ['SMS'] }])).toMatch(/channels/);
    expect(checkMeanings([{ code: 'x', purpose: 'MARKETING', channels: [] }])).toMatch(/channels/);
    const twice = { code: 'x', purpose: 'MARKETING', channels: ['SMS', 'SMS'] } as const;
    expect(checkMeanings([twice])).toMatch(/channels/);
  });
});
