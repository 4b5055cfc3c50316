// Decides what a carrier does: profiles and faults in, one step for each hand-over and one plan of receipts out.
import { applyFaults, noFaults, type Faults, type Wire, type WireFaults } from './faults.ts';
import { numberIn, type JsonObject } from './json.ts';
import { defaultProfile } from './default-profiles.ts';
import type { SimulatedChannel } from './handset.ts';
import { parseProfile, type Profile, type ReceiptStep, type SubmitStep } from './profile.ts';

export interface Behaviour {
  readonly faults: Faults;
  profileOf(address: string): Profile;
  setProfile(address: string, value: unknown): Profile;
  removeProfile(address: string): void;
  setFaults(given: JsonObject): void;
  /** A number from 0 to 1 of the seeded sequence. */
  random(): number;
  /** Milliseconds that the wire's answers take now. */
  latencyMs(wire: Wire): number;
  /** The faults that hit any request of the wire, or null. */
  hit(wire: Wire): SubmitStep | null;
  /** The next step of the address's script. */
  nextStep(channel: SimulatedChannel, address: string): SubmitStep;
  receipts(channel: SimulatedChannel, address: string): readonly ReceiptStep[];
  reset(): void;
}

const scriptsOf = {
  RCS: 'rcs',
  SMS: 'sms',
  EMAIL: 'email',
  PUSH: 'push',
  IMESSAGE: 'imessage',
} as const;
const simulatedChannels = Object.keys(scriptsOf);

const UNAVAILABLE: SubmitStep = { kind: 'status', status: 503, retryAfter: null };
const TOO_MANY: SubmitStep = { kind: 'status', status: 429, retryAfter: '1' };
// The 99th percentile of a normal distribution, in standard deviations.
const P99_DEVIATIONS = 2.326;

export function createBehaviour(seed: number): Behaviour {
  const profiles = new Map<string, Profile>();
  const stepsTaken = new Map<string, number>();
  const buckets = new Map<Wire, Bucket>();
  let random = sequence(seed);
  let faults = noFaults;

  const profileOf = (address: string) => profiles.get(address) ?? defaultProfile(address);
  return {
    get faults() {
      return faults;
    },
    profileOf,
    setProfile: (address, value) => {
      const profile = parseProfile(value);
      profiles.set(address, profile);
      for (const channel of simulatedChannels) stepsTaken.delete(`${channel} ${address}`);
      stepsTaken.delete(address);
      return profile;
    },
    removeProfile: (address) => profiles.delete(address),
    setFaults: (given) => {
      faults = applyFaults(faults, given);
      if (given['seed'] !== undefined) random = sequence(numberIn(given['seed'], 'seed'));
    },
    random: () => random(),
    latencyMs: (wire) => drawLatency(faults[wire], random),
    hit: (wire) => {
      const { partition, errorRatio, rate } = faults[wire];
      if (partition) return { kind: 'cut' };
      if (errorRatio > 0 && random() < errorRatio) return UNAVAILABLE;
      return rate === null || takeToken(buckets, wire, rate, performance.now()) ? null : TOO_MANY;
    },
    nextStep: (channel, address) => {
      const profile = profileOf(address);
      const own = profile[scriptsOf[channel]].submit;
      const steps = own ?? profile.submit;
      // One script for all channels is consumed by all; a channel's own only by it.
      const key = own === undefined ? address : `${channel} ${address}`;
      const taken = stepsTaken.get(key) ?? 0;
      if (steps.length > 1) stepsTaken.set(key, taken + 1);
      return steps[Math.min(taken, steps.length - 1)] ?? { kind: 'ok' };
    },
    receipts: (channel, address) => {
      const profile = profileOf(address);
      const steps = profile[scriptsOf[channel]].receipts ?? profile.receipts;
      return profile.reorder ? reversed(steps) : steps;
    },
    reset: () => {
      profiles.clear();
      stepsTaken.clear();
      buckets.clear();
      random = sequence(seed);
      faults = noFaults;
    },
  };
}

interface Bucket {
  tokens: number;
  filledAt: number;
}

function takeToken(
  buckets: Map<Wire, Bucket>,
  wire: Wire,
  rate: NonNullable<WireFaults['rate']>,
  now: number,
): boolean {
  const bucket = buckets.get(wire) ?? { tokens: rate.burst, filledAt: now };
  const gained = ((now - bucket.filledAt) / 1000) * rate.perSecond;
  const tokens = Math.min(rate.burst, bucket.tokens + gained);
  const taken = tokens >= 1;
  buckets.set(wire, { tokens: taken ? tokens - 1 : tokens, filledAt: now });
  return taken;
}

// Log-normal, as answer times are: most are near the median, some are far above it.
function drawLatency({ latencyMs }: WireFaults, random: () => number): number {
  if (latencyMs === null) return 0;
  const { p50, p99 } = latencyMs;
  if (p50 === 0) return 0;
  const deviation = Math.log(Math.max(p99, p50) / p50) / P99_DEVIATIONS;
  const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  return p50 * Math.exp(deviation * normal);
}

const reversed = (steps: readonly ReceiptStep[]): readonly ReceiptStep[] =>
  steps.map((step, i) => ({ ...step, afterMs: steps[steps.length - 1 - i]?.afterMs ?? 0 }));

/** Numbers from 0 to 1, the same for the same seed (mulberry32). */
function sequence(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
