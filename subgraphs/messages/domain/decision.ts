// The decision record: what was known, what was weighed, and the plan that came of it. Written once, with the message.
import type {
  Channel,
  RejectionReason,
  Sensitivity,
  Tristate,
} from '../../../schema/vocabulary.ts';
import type { Strategy } from '../../../schema/vocabulary-templates.ts';
import type { Attempt, MessageState, Route } from './message-state.ts';
import { negotiate, type Candidate, type Negotiation } from './negotiation.ts';
import type { Policy } from './policy.ts';
import type { Template } from './template.ts';

/** What was known of a channel when the decision was made. Times in ISO 8601. */
export interface CapabilitySnapshot {
  readonly channel: Channel;
  readonly supported: Tristate;
  readonly nativeE2ee: Tristate;
  readonly source: string;
  readonly checkedAt: string | null;
  readonly expiresAt: string | null;
}

/** What a decision rests on besides what its candidates and capabilities say: with them it can be made again (replay.ts).
 *  What is false or empty is left out, since it is kept with every message. */
export interface WeighedFacts {
  readonly sensitivity: Sensitivity;
  readonly hasSensitiveValues?: true;
  readonly hasDeviceKey?: true;
  readonly preferredChannels?: readonly Channel[];
  /** Where the provider offers the channel's own encryption. */
  readonly nativeE2eeChannels?: readonly Channel[];
  /** That the person is in. */
  readonly rollouts?: readonly string[];
  readonly unavailableProviders?: readonly string[];
}

export interface Decision {
  readonly policyVersion: string;
  /** ISO 8601. */
  readonly decidedAt: string;
  /** The ranked ones first. */
  readonly candidates: readonly Candidate[];
  readonly capabilities: readonly CapabilitySnapshot[];
  /** Missing in records of before it was kept. */
  readonly weighed?: WeighedFacts;
  /** SINGLE where left out. */
  readonly strategy?: Strategy;
  /** How many of the ranked routes go at once: the first ones. 1 where left out. */
  readonly lineCount?: number;
}

const iso = (ms: number | null): string | null => (ms === null ? null : new Date(ms).toISOString());

/** Negotiates and writes down why. */
export function decideRoutes(input: Negotiation, policy: Policy): Decision {
  return {
    policyVersion: policy.version,
    decidedAt: new Date(input.now).toISOString(),
    candidates: negotiate(input, policy),
    capabilities: input.channels.map((channel) => ({
      channel: channel.channel,
      supported: channel.supported,
      nativeE2ee: channel.nativeE2ee,
      source: channel.source,
      checkedAt: iso(channel.checkedAt),
      expiresAt: iso(channel.expiresAt),
    })),
    weighed: weighedFacts(input),
  };
}

function weighedFacts(input: Negotiation): WeighedFacts {
  const { sensitivity, hasSensitiveValues, hasDeviceKey, preferredChannels } = input;
  const native = [...input.providers].flatMap(([channel, { nativeE2ee }]) =>
    nativeE2ee ? [channel] : [],
  );
  return {
    sensitivity,
    ...(hasSensitiveValues && { hasSensitiveValues }),
    ...(hasDeviceKey && { hasDeviceKey }),
    ...(preferredChannels.length > 0 && { preferredChannels }),
    ...(native.length > 0 && { nativeE2eeChannels: native }),
    ...(input.rollouts.size > 0 && { rollouts: [...input.rollouts] }),
    ...(input.unavailable.size > 0 && { unavailableProviders: [...input.unavailable] }),
  };
}

/** The ranked routes of a decision, best first. */
export function planOf(decision: Decision): Route[] {
  return decision.candidates.flatMap(({ channel, protection, provider, rank }) =>
    rank === null || provider === null ? [] : [{ channel, protection, provider }],
  );
}

/** True when at least one route lacked nothing but the recipient's permission. */
export function refusedByConsent(decision: Decision): boolean {
  return decision.candidates.some(({ reasons }) => lacksPermissionAlone(reasons));
}

/** Whether a route would have been taken, had the recipient permitted it. */
export function lacksPermissionAlone(reasons: readonly RejectionReason[]): boolean {
  return reasons.length > 0 && reasons.every((reason) => reason.startsWith('CONSENT_'));
}

/** Until when a message is good, in milliseconds since 1970. */
export function expiryOf(template: Template, policy: Policy, now: number): number {
  const seconds = template.expirySeconds ?? policy.types[template.type].expirySeconds;
  return now + seconds * 1_000;
}

/** The state that the lifecycle works on, from what is stored. */
export function stateOf(
  message: {
    phase: MessageState['phase'];
    decision: Decision;
    expiresAt: number;
    attempts: readonly Attempt[];
  },
  template: Template,
  policy: Policy,
): MessageState {
  const window = template.receiptWindowSeconds ?? policy.types[template.type].receiptWindowSeconds;
  return {
    phase: message.phase,
    plan: planOf(message.decision),
    attempts: message.attempts,
    expiresAt: message.expiresAt,
    receiptWindowMs: window * 1_000,
    uncertainOutcome: template.uncertainOutcome,
  };
}
