// Decisions as text that people can read: a situation, the routes in their order, and why the others were left out.
import type { ChannelSnapshot, Negotiation } from '../../subgraphs/messages/domain/negotiation.ts';
import { negotiate, type Candidate } from '../../subgraphs/messages/domain/negotiation.ts';
import { defaultPolicy, type Policy } from '../../subgraphs/messages/domain/policy.ts';
import {
  ALL,
  NOW,
  person,
  rcsAndSms,
  reachable,
  refusedBy,
  served,
  withPermission,
} from './negotiations.ts';

type Situation = readonly [about: string, Negotiation, Policy?];

const HIGH = { sensitivity: 'HIGH' } as const;
const native = { providers: served(true) };
const E2EE: Partial<ChannelSnapshot> = { nativeE2ee: 'YES' };

const ranking: readonly Situation[] = [
  ['a newsletter to somebody whom every channel reaches', person()],
  ['the same, where RCS is encrypted end to end', person({ ...native, channels: e2eeOnRcs() })],
  ['the same to somebody who ranks email first: only equals are decided so', preferring()],
];

const sensitive: readonly Situation[] = [
  ['a diagnosis to somebody whom every channel reaches', person(HIGH)],
  [
    'a diagnosis where RCS is encrypted end to end',
    person({ ...HIGH, ...native, channels: e2eeOnRcs() }),
  ],
  [
    'a diagnosis where the phone says that RCS is encrypted, but the provider does not',
    rcsAndSms(HIGH, E2EE),
  ],
  [
    'a diagnosis where the provider says so, but nobody knows about the phone',
    rcsAndSms({ ...HIGH, ...native }, { nativeE2ee: 'UNKNOWN' }),
  ],
  ['a diagnosis to somebody without a device', person({ ...HIGH, hasDeviceKey: false })],
  [
    'a diagnosis to somebody who has SMS alone: a link, never the text',
    person({ ...HIGH, channels: [reachable('SMS')] }),
  ],
  [
    'a statement with an account number: sealed where it can be, masked where it cannot',
    rcsAndSms({ sensitivity: 'MEDIUM', hasSensitiveValues: true }),
  ],
  [
    'the same without a device: masked text comes before a link',
    rcsAndSms({ sensitivity: 'MEDIUM', hasSensitiveValues: true, hasDeviceKey: false }),
  ],
  ['a statement without an account number', rcsAndSms({ sensitivity: 'MEDIUM' })],
];

const refusals: readonly Situation[] = [
  ['the template allows SMS alone', person({ allowedChannels: ['SMS'] })],
  ['nobody serves RCS', rcsAndSms({ providers: new Map([...served()].slice(1)) })],
  ['the person opted out of RCS', rcsAndSms({ optedOutChannels: ['RCS'] })],
  ['the person opted out of everything', rcsAndSms({ optedOutChannels: ALL })],
  ['the hours for marketing do not come in time', rcsAndSms({ inQuietHours: true })],
  ['the person gets enough marketing', rcsAndSms({ isOverCap: true })],
  ['the phone has no RCS', rcsAndSms({}, { supported: 'NO' })],
  ['nobody knows whether the phone has RCS', rcsAndSms({}, { supported: 'UNKNOWN' })],
  ['what was known of the phone is too old', rcsAndSms({}, { expiresAt: NOW })],
  ['there is no address for RCS', rcsAndSms({}, { hasAddress: false })],
  ['nothing is known of RCS', rcsAndSms({ channels: [reachable('SMS')] })],
  [
    'mail to the address came back',
    person({
      allowedChannels: ['EMAIL', 'SMS'],
      channels: [reachable('EMAIL', { bounced: true }), reachable('SMS')],
    }),
  ],
  ['nobody asked for consent to RCS', rcsAndSms(withPermission('RCS', undefined))],
  [
    'consent to RCS was withdrawn',
    rcsAndSms(withPermission('RCS', refusedBy('CONSENT_WITHDRAWN'))),
  ],
  [
    'the number stands on a list',
    rcsAndSms(withPermission('RCS', refusedBy('CONSENT_SUPPRESSED'))),
  ],
  ['the person permitted nothing', rcsAndSms({ permissions: new Map() })],
  [
    'several reasons at once, all of which are told',
    rcsAndSms(
      {
        optedOutChannels: ['RCS'],
        ...withPermission('RCS', refusedBy('CONSENT_WITHDRAWN')),
      },
      { supported: 'NO' },
    ),
  ],
];

const outages: readonly Situation[] = [
  ['the provider of RCS failed too often', rcsAndSms({ unavailable: new Set(['RCS-provider']) })],
  [
    'both providers failed too often: they are waited for',
    rcsAndSms({ unavailable: new Set(['RCS-provider', 'SMS-provider']) }),
  ],
  [
    'the only permitted one failed too often: it is waited for',
    rcsAndSms({ optedOutChannels: ['SMS'], unavailable: new Set(['RCS-provider']) }),
  ],
];

/** Every channel is wanted as much as any other. */
const indifferent: Policy = {
  ...defaultPolicy,
  scores: ALL.map((channel) => ({ channel, protection: null, sensitivity: null, score: 50 })),
};
const sealedFirst: Policy = {
  ...defaultPolicy,
  scores: [
    ...defaultPolicy.scores,
    { channel: 'RCS', protection: 'ENVELOPE', sensitivity: null, score: 90 },
    { channel: 'SMS', protection: null, sensitivity: 'HIGH', score: 1_000 },
  ],
};

const policies: readonly Situation[] = [
  ['equals without a preference go by their names', person(), indifferent],
  ['equals go by what the person prefers, then by their names', preferring(), indifferent],
  [
    'a score of its own for sealed RCS, and much for SMS: still it is a link',
    person(HIGH),
    sealedFirst,
  ],
  [
    'no score brings back what is rejected',
    rcsAndSms({ ...HIGH, optedOutChannels: ['SMS'] }),
    sealedFirst,
  ],
];

const trial = {
  name: 'rcs-trial',
  channel: 'RCS',
  percent: 10,
  regions: [],
  carriers: [],
} as const;
const trying: Policy = { ...defaultPolicy, rollouts: [{ ...trial, protection: null }] };
const tryingSealed: Policy = { ...defaultPolicy, rollouts: [{ ...trial, protection: 'ENVELOPE' }] };
const isIn = { rollouts: new Set([trial.name]) };

const rollouts: readonly Situation[] = [
  ['RCS is tried out with others', rcsAndSms(), trying],
  ['RCS is tried out with this person', rcsAndSms(isIn), trying],
  ['sealed RCS is tried out with others', rcsAndSms(HIGH), tryingSealed],
  ['sealed RCS is tried out with this person', rcsAndSms({ ...HIGH, ...isIn }), tryingSealed],
];

const chapters: readonly (readonly [title: string, readonly Situation[]])[] = [
  ['Which way comes first', ranking],
  ['What must not be read by others', sensitive],
  ['What may not be used', refusals],
  ['Providers that are left alone', outages],
  ['Scores of a tenant’s own', policies],
  ['Routes that are tried out', rollouts],
];

function e2eeOnRcs(): ChannelSnapshot[] {
  return ALL.map((channel) => reachable(channel, channel === 'RCS' ? E2EE : {}));
}

function preferring(): Negotiation {
  return person({ preferredChannels: ['EMAIL', 'SMS'] });
}

/** What test/golden/decisions.txt holds. */
export function decisions(): string {
  return chapters
    .map(([title, situations]) => `# ${title}\n\n${situations.map(situationText).join('\n')}`)
    .join('\n');
}

function situationText([about, input, policy = defaultPolicy]: Situation): string {
  const candidates = negotiate(input, policy);
  const ranked = candidates.filter(({ rank }) => rank !== null);
  const routes = ranked.map(
    ({ rank, channel, protection, score }) => `  ${rank}. ${channel} ${protection}, ${score}`,
  );
  const lines = routes.length === 0 ? ['  no route'] : routes;
  return `${[`${about}:`, ...lines, ...rejectedLines(candidates)].join('\n')}\n`;
}

/** One line for each set of reasons. A channel that is out as a whole is one candidate: its protection says nothing; and
 *  one that neither the template nor the person has is not worth a line. */
function rejectedLines(candidates: readonly Candidate[]): string[] {
  const rejected = candidates.filter(
    ({ rank, reasons }) =>
      rank === null && !(reasons.includes('CHANNEL_NOT_IN_TEMPLATE') && reasons.length > 1),
  );
  const groups = Map.groupBy(rejected, ({ reasons }) => reasons.join(', '));
  return [...groups].map(([reasons, group]) => `  not ${group.map(nameOf).join(', ')}: ${reasons}`);

  function nameOf({ channel, protection }: Candidate): string {
    const alone = candidates.filter((other) => other.channel === channel).length === 1;
    return alone ? channel : `${channel} ${protection}`;
  }
}
