// The golden decisions: what is known of a person on the left, which routes are taken and why others are not on the right.
import { describe, expect, it } from '@jest/globals';
import {
  negotiate,
  stillAllowed,
  type ChannelProvider,
  type ChannelSnapshot,
  type Negotiation,
  type Permission,
} from '../../../../../subgraphs/messages/domain/negotiation.ts';
import type { Channel } from '../../../../../schema/vocabulary.ts';

const NOW = 1_000_000;
const ALL: readonly Channel[] = ['RCS', 'IMESSAGE', 'SMS', 'EMAIL', 'PUSH', 'LINK'];
const GRANTED: Permission = { allowed: true, consentId: 'c-1' };
const WITHDRAWN: Permission = { allowed: false, reason: 'CONSENT_WITHDRAWN', consentId: 'c-2' };

const reachable = (channel: Channel, more: Partial<ChannelSnapshot> = {}): ChannelSnapshot => ({
  channel,
  hasAddress: true,
  bounced: false,
  supported: 'YES',
  nativeE2ee: 'NO',
  source: 'probe',
  checkedAt: NOW - 1,
  expiresAt: NOW + 1,
  ...more,
});
const served = (native = false): ReadonlyMap<Channel, ChannelProvider> =>
  new Map(ALL.map((channel) => [channel, { id: `${channel}-provider`, nativeE2ee: native }]));

/** Reachable, permitted and served on every channel, with a device; each row changes the one thing it is about. */
const person = (more: Partial<Negotiation> = {}): Negotiation => ({
  sensitivity: 'LOW',
  hasSensitiveValues: false,
  allowedChannels: ALL,
  channels: ALL.map((channel) => reachable(channel)),
  hasDeviceKey: true,
  preferredChannels: [],
  optedOutChannels: [],
  inQuietHours: false,
  permissions: new Map(ALL.map((channel) => [channel, GRANTED])),
  providers: served(),
  unavailable: new Set(),
  now: NOW,
  ...more,
});
const rcsAndSms = (more: Partial<Negotiation> = {}, rcs: Partial<ChannelSnapshot> = {}) =>
  person({
    allowedChannels: ['RCS', 'SMS'],
    channels: [reachable('RCS', rcs), reachable('SMS')],
    ...more,
  });
const withPermission = (channel: Channel, permission: Permission | undefined) => {
  const permissions = new Map<Channel, Permission>(ALL.map((known) => [known, GRANTED]));
  if (permission === undefined) permissions.delete(channel);
  else permissions.set(channel, permission);
  return { permissions };
};

const plan = (input: Negotiation): string[] =>
  negotiate(input).flatMap(({ rank, channel, protection, score }) =>
    rank === null ? [] : [`${channel} ${protection} ${score}`],
  );
const reasonsOf = (input: Negotiation, channel: Channel): string[] => [
  ...new Set(
    negotiate(input)
      .filter((one) => one.channel === channel)
      .flatMap((one) => one.reasons),
  ),
];

const native = { providers: served(true) };
const E2EE: Partial<ChannelSnapshot> = { nativeE2ee: 'YES' };

describe('the routes of', () => {
  it.each<[string, Negotiation, string[]]>([
    [
      'a newsletter to somebody who can be reached everywhere',
      person(),
      [
        'IMESSAGE CLEAR 80',
        'RCS CLEAR 50',
        'EMAIL CLEAR 40',
        'LINK LINK_ONLY 30',
        'SMS CLEAR 20',
        'PUSH CLEAR 10',
      ],
    ],
    [
      'a diagnosis to the same person',
      person({ sensitivity: 'HIGH' }),
      [
        'PUSH ENVELOPE 110',
        'IMESSAGE ENVELOPE 80',
        'RCS ENVELOPE 50',
        'EMAIL LINK_ONLY 40',
        'LINK LINK_ONLY 30',
        'SMS LINK_ONLY 20',
      ],
    ],
    [
      'a diagnosis to somebody without a device',
      person({ sensitivity: 'HIGH', hasDeviceKey: false }),
      [
        'PUSH LINK_ONLY 110',
        'IMESSAGE LINK_ONLY 80',
        'RCS LINK_ONLY 50',
        'EMAIL LINK_ONLY 40',
        'LINK LINK_ONLY 30',
        'SMS LINK_ONLY 20',
      ],
    ],
    [
      'a diagnosis where RCS is encrypted end to end',
      rcsAndSms({ sensitivity: 'HIGH', ...native }, E2EE),
      ['RCS NATIVE_E2EE 100', 'SMS LINK_ONLY 20'],
    ],
    [
      'a diagnosis where the phone says so, but the provider does not',
      rcsAndSms({ sensitivity: 'HIGH' }, E2EE),
      ['RCS ENVELOPE 50', 'SMS LINK_ONLY 20'],
    ],
    [
      'a diagnosis where the provider says so, but nobody knows about the phone',
      rcsAndSms({ sensitivity: 'HIGH', ...native }, { nativeE2ee: 'UNKNOWN' }),
      ['RCS ENVELOPE 50', 'SMS LINK_ONLY 20'],
    ],
    [
      'a statement with an account number: sealed where it can be, masked where it cannot',
      rcsAndSms({ sensitivity: 'MEDIUM', hasSensitiveValues: true }),
      ['RCS ENVELOPE 50', 'SMS CLEAR 20'],
    ],
    [
      'a statement without one',
      rcsAndSms({ sensitivity: 'MEDIUM' }),
      ['RCS CLEAR 50', 'SMS CLEAR 20'],
    ],
    [
      'somebody who prefers SMS: a preference decides between equals alone',
      rcsAndSms({ preferredChannels: ['SMS', 'RCS'] }),
      ['RCS CLEAR 50', 'SMS CLEAR 20'],
    ],
    ['somebody whose phone has no RCS', rcsAndSms({}, { supported: 'NO' }), ['SMS CLEAR 20']],
    ['somebody who permits nothing', rcsAndSms({ permissions: new Map() }), []],
    ['somebody who opted out of everything', person({ optedOutChannels: ALL }), []],
  ])('%s', (_, input, routes) => {
    expect(plan(input)).toEqual(routes);
  });
});

describe('RCS is left out', () => {
  it.each<[string, Negotiation, string[]]>([
    [
      'where the template does not allow it',
      rcsAndSms({ allowedChannels: ['SMS'] }),
      ['CHANNEL_NOT_IN_TEMPLATE'],
    ],
    ['where nobody serves it', rcsAndSms({ providers: new Map() }), ['NO_PROVIDER']],
    ['where the person opted out', rcsAndSms({ optedOutChannels: ['RCS'] }), ['OPTED_OUT']],
    ['in quiet hours', rcsAndSms({ inQuietHours: true }), ['QUIET_HOURS']],
    ['where it has no address', rcsAndSms({}, { hasAddress: false }), ['NO_ADDRESS']],
    ['where nothing is known of it', rcsAndSms({ channels: [] }), ['NO_ADDRESS']],
    [
      'where nobody asked for consent',
      rcsAndSms(withPermission('RCS', undefined)),
      ['CONSENT_MISSING'],
    ],
    [
      'where consent was withdrawn',
      rcsAndSms(withPermission('RCS', WITHDRAWN)),
      ['CONSENT_WITHDRAWN'],
    ],
    ['where the phone cannot', rcsAndSms({}, { supported: 'NO' }), ['NOT_CAPABLE']],
    ['where mail to the address came back', rcsAndSms({}, { bounced: true }), ['ADDRESS_BOUNCED']],
    ['where nobody knows', rcsAndSms({}, { supported: 'UNKNOWN' }), ['CAPABILITY_UNKNOWN']],
    ['where what was known is too old', rcsAndSms({}, { expiresAt: NOW }), ['CAPABILITY_EXPIRED']],
    [
      'for several reasons at once, all of which are told',
      rcsAndSms(
        { optedOutChannels: ['RCS'], ...withPermission('RCS', WITHDRAWN) },
        { supported: 'NO' },
      ),
      ['OPTED_OUT', 'CONSENT_WITHDRAWN', 'NOT_CAPABLE'],
    ],
  ])('%s', (_, input, reasons) => {
    expect(reasonsOf(input, 'RCS')).toEqual(reasons);
    expect(plan(input).filter((route) => route.startsWith('RCS'))).toEqual([]);
  });
});

describe('a candidate', () => {
  it('that was not taken says what it lacked, protection by protection', () => {
    const rcs = negotiate(rcsAndSms({ sensitivity: 'HIGH', hasDeviceKey: false })).filter(
      ({ channel }) => channel === 'RCS',
    );
    expect(rcs.map(({ protection, reasons }) => [protection, ...reasons])).toEqual([
      ['LINK_ONLY'],
      ['NATIVE_E2EE', 'NATIVE_E2EE_UNAVAILABLE'],
      ['ENVELOPE', 'NO_DEVICE_KEY'],
      ['CLEAR', 'SENSITIVITY_FORBIDS_CLEAR'],
    ]);
  });

  it('names the consent that it relies on, or that refused it', () => {
    const input = rcsAndSms(withPermission('RCS', WITHDRAWN));
    const consentOf = (channel: Channel) =>
      negotiate(input).find((one) => one.channel === channel)?.consentId;
    expect(consentOf('SMS')).toBe('c-1');
    expect(consentOf('RCS')).toBe('c-2');
  });
});

describe('a route that was planned', () => {
  const RCS = { channel: 'RCS', protection: 'ENVELOPE' } as const;

  it('is kept when what was known has only become old', () => {
    expect(stillAllowed(RCS, rcsAndSms({}, { expiresAt: NOW - 1 }))).toBe(true);
    expect(stillAllowed(RCS, rcsAndSms({}, { supported: 'UNKNOWN' }))).toBe(true);
  });

  it.each<[string, Negotiation]>([
    ['consent was withdrawn', rcsAndSms(withPermission('RCS', WITHDRAWN))],
    ['the person opted out', rcsAndSms({ optedOutChannels: ['RCS'] })],
    ['the address is gone', rcsAndSms({}, { hasAddress: false })],
    ['the last device was revoked', rcsAndSms({ hasDeviceKey: false })],
    ['the phone lost it', rcsAndSms({}, { supported: 'NO' })],
  ])('is given up when %s', (_, input) => {
    expect(stillAllowed(RCS, input)).toBe(false);
  });

  it('never goes out in clear text when the template has become highly sensitive', () => {
    const clear = { channel: 'RCS', protection: 'CLEAR' } as const;
    expect(stillAllowed(clear, rcsAndSms({ sensitivity: 'HIGH' }))).toBe(false);
  });
});
