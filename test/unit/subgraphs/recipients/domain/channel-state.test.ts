// Reachability: each reason alone, several together, and what protects the content.
import { expect, test } from '@jest/globals';
import type { Channel, Protection } from '../../../../../schema/vocabulary.ts';
import {
  knownCapability,
  type Capability,
} from '../../../../../subgraphs/recipients/domain/capability.ts';
import {
  reachability,
  type ChannelFindings,
} from '../../../../../subgraphs/recipients/domain/channel-state.ts';

const NOW = 1_000;
const reported = (over: Partial<Capability> = {}): Capability => ({
  supported: 'YES',
  nativeE2ee: 'UNKNOWN',
  features: [],
  carrier: null,
  source: 'google-rbm',
  checkedAt: 0,
  expiresAt: NOW + 1,
  ...over,
});

const findings = (over: Partial<ChannelFindings> = {}): ChannelFindings => ({
  capability: reported(),
  optedOut: false,
  bounced: false,
  hasDeviceKey: false,
  now: NOW,
  ...over,
});

test('a fresh yes is reachable, until the moment it expires', () => {
  expect(reachability('RCS', findings())).toMatchObject({ reachable: true, reasons: [] });
  const expired = findings({ capability: reported({ expiresAt: NOW }) });
  expect(reachability('RCS', expired).reasons).toEqual(['CAPABILITY_EXPIRED']);
});

test.each<[string, Partial<ChannelFindings>, string[]]>([
  ['a bounce', { bounced: true }, ['ADDRESS_BOUNCED']],
  ['no address', { capability: null }, ['NO_ADDRESS']],
  ['an opt-out', { optedOut: true }, ['OPTED_OUT']],
  ['both', { optedOut: true, capability: null }, ['OPTED_OUT', 'NO_ADDRESS']],
  ['a no', { capability: reported({ supported: 'NO' }) }, ['NOT_CAPABLE']],
  ['no answer', { capability: knownCapability('RCS', null) }, ['CAPABILITY_UNKNOWN']],
  [
    'an old no',
    { capability: reported({ supported: 'NO', expiresAt: 0 }) },
    ['CAPABILITY_EXPIRED'],
  ],
])('%s makes a channel unreachable', (_, over, reasons) => {
  expect(reachability('RCS', findings(over))).toMatchObject({ reachable: false, reasons });
});

test.each<[Channel, Partial<ChannelFindings>, Protection[]]>([
  ['RCS', {}, ['LINK_ONLY', 'CLEAR']],
  ['RCS', { hasDeviceKey: true }, ['ENVELOPE', 'LINK_ONLY', 'CLEAR']],
  ['RCS', { capability: reported({ nativeE2ee: 'YES' }) }, ['NATIVE_E2EE', 'LINK_ONLY', 'CLEAR']],
  ['SMS', { hasDeviceKey: true }, ['LINK_ONLY', 'CLEAR']],
  ['LINK', { hasDeviceKey: true }, ['LINK_ONLY']],
  ['PUSH', { hasDeviceKey: true, capability: null }, []],
])('on %s with %j content can be protected by %j', (channel, over, protections) => {
  expect(reachability(channel, findings(over)).protections).toEqual(protections);
});
