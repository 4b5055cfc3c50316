// What a tenant may decide about how its messages are sent, as data with a version that each decision record names.
import type { Channel, MessageType, Protection, Sensitivity } from '../../../schema/vocabulary.ts';
import type { Disclosure } from './disclosure.ts';
import type { MarketingCap } from './marketing-cap.ts';
import type { RegionHours } from './marketing-hours.ts';
import type { Rollout } from './rollout.ts';

/** What a message type implies for a message whose template does not say it itself. */
export interface TypeRule {
  readonly receiptWindowSeconds: number;
  readonly expirySeconds: number;
}

/** How much a route is wanted. Of the entries that fit a route the one that says most counts: one for its protection
 *  before one for the message's sensitivity, before one for the channel alone. */
export interface RouteScore {
  readonly channel: Channel;
  /** Null: whatever it is. */
  readonly protection: Protection | null;
  /** Of the message. Null: whatever it is. */
  readonly sensitivity: Sensitivity | null;
  readonly score: number;
}

/** What stands in a version. That HIGH never travels CLEAR, and what else rejects a route, is no matter of policy: scores
 *  order what the rules have let through. */
export interface PolicyContent {
  readonly scores: readonly RouteScore[];
  readonly types: Readonly<Record<MessageType, TypeRule>>;
  /** Tries on one route, the first one included. */
  readonly triesMax: number;
  /** How long one route may be tried. */
  readonly routeWindowMs: number;
  /** Pause before try n + 1: a random share of base * 2^n, at most the cap. */
  readonly backoff: { readonly baseMs: number; readonly capMs: number };
  /** Routes that are for some people only. */
  readonly rollouts: readonly Rollout[];
  /** Narrower hours for marketing than those of the region. */
  readonly marketingHours: readonly RegionHours[];
  /** For each person, over all channels. */
  readonly marketingCap: MarketingCap;
  /** Sentences that have to stand in what is sent. */
  readonly disclosures: readonly Disclosure[];
}

export interface Policy extends PolicyContent {
  /** As decision records name it. */
  readonly version: string;
}

const MINUTE = 60;
const HOUR = 60 * MINUTE;

/** Scores of rules.md: app push leads where the content is HIGH, since it is the one channel that is ours end to end. */
const anyProtection = { protection: null, sensitivity: null } as const;

/** What holds for a tenant that has set nothing. Another content is another version. */
export const defaultPolicy: Policy = {
  version: 'default-1',
  scores: [
    { channel: 'RCS', protection: 'NATIVE_E2EE', sensitivity: null, score: 100 },
    { channel: 'IMESSAGE', ...anyProtection, score: 80 },
    { channel: 'RCS', ...anyProtection, score: 50 },
    { channel: 'EMAIL', ...anyProtection, score: 40 },
    { channel: 'LINK', ...anyProtection, score: 30 },
    { channel: 'SMS', ...anyProtection, score: 20 },
    { channel: 'PUSH', protection: null, sensitivity: 'HIGH', score: 110 },
    { channel: 'PUSH', ...anyProtection, score: 10 },
  ],
  types: {
    OTP: { receiptWindowSeconds: 15, expirySeconds: 10 * MINUTE },
    ALERT: { receiptWindowSeconds: 30, expirySeconds: 24 * HOUR },
    RECEIPT: { receiptWindowSeconds: 30, expirySeconds: 24 * HOUR },
    SUPPORT: { receiptWindowSeconds: 30, expirySeconds: 24 * HOUR },
    NOTIFICATION: { receiptWindowSeconds: 30, expirySeconds: 24 * HOUR },
    MARKETING: { receiptWindowSeconds: 120, expirySeconds: 24 * HOUR },
  },
  triesMax: 3,
  routeWindowMs: 5 * MINUTE * 1_000,
  backoff: { baseMs: 1_000, capMs: 60_000 },
  rollouts: [],
  marketingHours: [],
  marketingCap: { perDay: null, perWeek: null },
  disclosures: [],
};

/** Which messages go first, 0 before all: the tenants share the lanes, so none of them sets it. */
export const priorityOf: Readonly<Record<MessageType, number>> = {
  OTP: 0,
  ALERT: 1,
  RECEIPT: 2,
  SUPPORT: 2,
  NOTIFICATION: 3,
  MARKETING: 4,
};

/** 0 where no entry fits, which `checkPolicy` lets no tenant write. */
export function scoreOf(
  { scores }: Pick<PolicyContent, 'scores'>,
  route: { readonly channel: Channel; readonly protection: Protection },
  sensitivity: Sensitivity,
): number {
  let [best, saysMost] = [0, -1];
  for (const entry of scores) {
    if (entry.channel !== route.channel) continue;
    if (entry.protection !== null && entry.protection !== route.protection) continue;
    if (entry.sensitivity !== null && entry.sensitivity !== sensitivity) continue;
    const says = (entry.protection === null ? 0 : 2) + (entry.sensitivity === null ? 0 : 1);
    if (says > saysMost) [best, saysMost] = [entry.score, says];
  }
  return best;
}

/** Where no version of the tenant's own is in force. */
export const DEFAULT_VERSION = 0;

/** The tenant's version of this number. What it does not say, because it is older than that, is as in the default. */
export function tenantPolicy(number: number, content: Partial<PolicyContent>): Policy {
  return { ...defaultPolicy, ...content, version: `tenant-${number}` };
}

/** What is changed in a policy: a part that is left out stays, one that is given takes its place. */
export interface PolicyChange extends Partial<Omit<PolicyContent, 'types'>> {
  /** Of these types alone. */
  readonly types?: Partial<PolicyContent['types']>;
}

/** The content of `policy` with the changes. */
export function changed(policy: Policy, { types, ...parts }: PolicyChange): PolicyContent {
  const { version: _version, ...content } = policy;
  return { ...content, ...parts, types: { ...content.types, ...types } };
}

/** What `policy` would be with the changes; itself without any. */
export function draftPolicy(policy: Policy, change: PolicyChange | null): Policy {
  return change === null ? policy : { ...changed(policy, change), version: 'draft' };
}
