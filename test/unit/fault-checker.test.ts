// The checker of fault tests: a history that keeps the promises passes, and each broken promise is found.
import { describe, expect, it } from '@jest/globals';
import { checkHistory } from '../faults/checker/check.ts';
import { parseHistories, type HistoryLine, type LineOf } from '../faults/checker/history.ts';
import { rules } from '../faults/checker/rules.ts';

const GRACE_MS = 2_000;
const CATCH_UP_MS = 8_000;
const LIMITS = { graceMs: GRACE_MS, catchUpMs: CATCH_UP_MS };
const PHONE = '+14155550100';
const EMAIL = 'ada@example.com';

type Without<K extends HistoryLine['k']> = Partial<Omit<LineOf<K>, 'k'>>;

const invoke = (more: Without<'send.invoke'> = {}): HistoryLine => ({
  t: 100,
  k: 'send.invoke',
  key: 'acme/1',
  tenant: 'acme',
  recipient: 'rcp_1',
  purpose: 'TRANSACTIONAL',
  ...more,
});
const ok = (more: Without<'send.ok'> = {}): HistoryLine => ({
  t: 110,
  k: 'send.ok',
  key: 'acme/1',
  messageId: 'msg_1',
  ...more,
});
const accept = (more: Without<'accept'> = {}): HistoryLine => ({
  t: 200,
  k: 'accept',
  ref: 'a-1',
  attempt: 'a-1',
  recipient: PHONE,
  channel: 'RCS',
  ...more,
});
const emit = (more: Without<'emit'> = {}): HistoryLine => ({
  t: 300,
  k: 'emit',
  eventId: 'e-1',
  attempt: 'a-1',
  channel: 'RCS',
  status: 'DELIVERED',
  ...more,
});
const event = (more: Without<'event'> = {}): HistoryLine => ({
  t: 310,
  k: 'event',
  sub: 'sub-1',
  tenant: 'acme',
  eventId: 'evt_1',
  messageId: 'msg_1',
  status: 'DELIVERED',
  ...more,
});
const RCS = { attempt: 'a-1', provider: 'google-rbm', channel: 'RCS', state: 'DELIVERED' };
const SMS = { attempt: 'a-2', provider: 'twilio', channel: 'SMS', state: 'DELIVERED' };
const final = (more: Without<'final'> = {}): HistoryLine => ({
  t: 900,
  k: 'final',
  messageId: 'msg_1',
  key: 'acme/1',
  tenant: 'acme',
  recipient: 'rcp_1',
  addresses: [PHONE, EMAIL],
  status: 'DELIVERED',
  endReason: null,
  attempts: [RCS],
  ...more,
});
const consent = { recipient: 'rcp_1', purpose: 'TRANSACTIONAL' };
const revoke = (t: number, channel?: string): HistoryLine => ({
  t,
  k: 'revoke',
  ...consent,
  ...(channel !== undefined && { channel }),
});
const drained: HistoryLine = { t: 1_000, k: 'drained' };

/** Through the text, as a run's files are read. */
const brokenIn = (...lines: readonly HistoryLine[]): readonly string[] => {
  const text = lines.map((line) => JSON.stringify(line)).join('\n');
  const verdict = checkHistory(parseHistories([text]), LIMITS);
  return verdict.violations.map(({ rule }) => rule);
};

const clean: readonly HistoryLine[] = [invoke(), ok(), accept(), emit(), event(), final(), drained];
const without = (...kinds: HistoryLine['k'][]) => clean.filter(({ k }) => !kinds.includes(k));

describe('a history that keeps the promises', () => {
  const kept: readonly [string, readonly HistoryLine[]][] = [
    ['of one message', clean],
    [
      'in which a call was repeated after no answer',
      [...clean, { t: 105, k: 'send.unknown', key: 'acme/1' }, invoke({ t: 107 })],
    ],
    [
      'in which a key came again with another body',
      [...clean, { t: 120, k: 'send.fail', key: 'acme/1', code: 'IDEMPOTENCY_KEY_REUSED' }],
    ],
    [
      'in which a fallback followed a refusal for good',
      [
        ...without('accept', 'emit', 'final'),
        {
          t: 150,
          k: 'reject',
          attempt: 'a-1',
          recipient: PHONE,
          channel: 'RCS',
          permanent: true,
        },
        accept({ attempt: 'a-2', ref: 'SM1', channel: 'SMS' }),
        emit({ attempt: 'a-2', channel: 'SMS' }),
        final({ attempts: [{ ...RCS, state: 'FAILED' }, SMS] }),
      ],
    ],
    [
      'in which a fallback followed a deadline',
      [
        ...without('final'),
        { t: 400, k: 'fallback-deadline', attempt: 'a-1', channel: 'RCS' },
        accept({ t: 410, attempt: 'a-2', ref: 'SM1', channel: 'SMS' }),
        final({ attempts: [RCS, SMS] }),
      ],
    ],
    ['in which what was on the wire was still accepted', [...clean, revoke(190)]],
    [
      'in which consent was given again',
      [...clean, revoke(-9_000), { t: 50, k: 'grant', ...consent }],
    ],
    ['in which another channel was revoked', [...clean, revoke(-9_000, 'SMS')]],
    [
      'in which a message was refused and not sent',
      [
        ...clean,
        invoke({ key: 'acme/2' }),
        { t: 120, k: 'send.fail', key: 'acme/2', code: 'CONSENT_REFUSED' },
      ],
    ],
  ];

  it.each(kept)('%s passes', (_, lines) => {
    expect(brokenIn(...lines)).toEqual([]);
  });
});

describe('a broken promise is found:', () => {
  const broken: readonly [keyof typeof rules, readonly HistoryLine[]][] = [
    ['acknowledged but lost', [...clean, ok({ key: 'acme/2', messageId: 'msg_2' })]],
    ['never ended', [...without('final', 'emit', 'event'), final({ status: 'SENT' })]],
    [
      'refused but accepted by a provider',
      [...without('send.ok'), { t: 110, k: 'send.fail', key: 'acme/1', code: 'CONSENT_REFUSED' }],
    ],
    ['accepted by a provider but of no message', [...clean, accept({ attempt: 'a-9' })]],
    ['accepted by a provider but of no message', [...clean, accept({ attempt: null })]],
    ['sent though no provider has it', without('accept', 'emit')],
    [
      'doubled at a provider',
      [
        ...clean,
        { t: 190, k: 'fallback-deadline', attempt: 'a-1', channel: 'RCS' },
        final({ attempts: [{ ...RCS, provider: 'twilio' }] }),
        accept({ ref: 'a-1 again' }),
      ],
    ],
    [
      'accepted again without a reason before',
      [
        ...without('final'),
        accept({ t: 410, attempt: 'a-2', ref: 'SM1', channel: 'SMS' }),
        { t: 420, k: 'fallback-deadline', attempt: 'a-1', channel: 'RCS' },
        final({ attempts: [RCS, SMS] }),
      ],
    ],
    [
      'accepted again without a reason before',
      [
        ...without('final'),
        { t: 250, k: 'revoked-at-provider', attempt: 'a-1', channel: 'RCS' },
        accept({ t: 410, attempt: 'a-3' }),
        final({ attempts: [RCS, { ...RCS, attempt: 'a-3' }] }),
      ],
    ],
    [
      'accepted again after its delivery was told',
      [
        ...without('final'),
        { t: 400, k: 'fallback-deadline', attempt: 'a-1', channel: 'RCS' },
        accept({ t: 301 + CATCH_UP_MS, attempt: 'a-2', ref: 'SM1', channel: 'SMS' }),
        final({ t: 20_000, attempts: [RCS, SMS] }),
      ],
    ],
    ['accepted after a revocation', [...clean, revoke(199 - GRACE_MS)]],
    ['accepted after a revocation', [...clean, revoke(199 - GRACE_MS, 'RCS')]],
    ['a status gone back', [...clean, event({ t: 320, eventId: 'evt_2', status: 'SENT' })]],
    ['a status gone back', [...without('final', 'emit'), final({ status: 'FAILED' })]],
    [
      'a receipt without effect',
      [...without('final', 'event'), final({ status: 'SENT', endReason: 'NO_FAILURE_REPORTED' })],
    ],
    [
      'two ids for one key',
      [...clean, ok({ messageId: 'msg_2' }), final({ messageId: 'msg_2', attempts: [] })],
    ],
    ['two ids for one key', [...clean, final({ messageId: 'msg_2', attempts: [] })]],
    ["another tenant's message", [...clean, event({ sub: 'sub-2', tenant: 'globex' })]],
    ["another tenant's message", [...without('final'), final({ tenant: 'globex' })]],
    ['sent to another person', [...without('final'), final({ addresses: ['+14155550101'] })]],
    ['an event seen twice', [...clean, event({ t: 330 })]],
    ['something left queued', without('drained')],
  ];

  it.each(broken)('%s', (rule, lines) => {
    expect(brokenIn(...lines)).toContain(rule);
  });

  it('and there is a case for each rule', () => {
    expect(new Set(broken.map(([rule]) => rule))).toEqual(new Set(Object.keys(rules)));
  });
});

describe('a history in another format', () => {
  it.each(['{"k":"accept"}', '{"t":1,"k":"acceptance"}', '{"t":1,"k":"send.ok","key":"1"}', '{'])(
    'is refused: %s',
    (text) => {
      expect(() => parseHistories([text])).toThrow(/not a line of a history|JSON/);
    },
  );

  it('is counted by kind, so that a run without load does not pass for a good one', () => {
    expect(checkHistory(clean, LIMITS).counts).toMatchObject({
      accept: 1,
      drained: 1,
    });
    expect(checkHistory([drained], LIMITS)).toEqual({
      violations: [],
      counts: { drained: 1 },
    });
  });
});
