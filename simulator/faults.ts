// Faults that hit a whole wire or all callbacks, whatever the address: they heal when they are put back to nothing.
import { BadRequest, flagIn, numberIn, objectIn, onlyKnown, type JsonObject } from './json.ts';

export type Wire = 'rbm' | 'twilio' | 'smpp' | 'smtp' | 'push' | 'apple';

export interface WireFaults {
  /** Every connection is cut at once. */
  readonly partition: boolean;
  readonly latencyMs: { readonly p50: number; readonly p99: number } | null;
  /** Share of the requests that are answered 503, ESME_RSYSERR or 451. */
  readonly errorRatio: number;
  /** More than this is answered 429, ESME_RTHROTTLED or 452. */
  readonly rate: { readonly perSecond: number; readonly burst: number } | null;
  readonly tokenTtlSeconds: number;
}

export interface CallbackFaults {
  /** Nothing gets through; it is sent after the healing. */
  readonly partition: boolean;
  /** Shares of the callbacks: sent twice, lost for good, preceded by a forged one. */
  readonly duplicate: number;
  readonly drop: number;
  readonly badSignature: number;
  /** Each callback waits for a random part of this. */
  readonly reorderWindowMs: number;
  readonly delayMs: number;
}

export interface Faults {
  readonly rbm: WireFaults;
  readonly twilio: WireFaults;
  readonly smpp: WireFaults;
  readonly smtp: WireFaults;
  readonly push: WireFaults;
  readonly apple: WireFaults;
  readonly callbacks: CallbackFaults;
}

const soundWire: WireFaults = {
  partition: false,
  latencyMs: null,
  errorRatio: 0,
  rate: null,
  tokenTtlSeconds: 3600,
};
const soundCallbacks: CallbackFaults = {
  partition: false,
  duplicate: 0,
  drop: 0,
  badSignature: 0,
  reorderWindowMs: 0,
  delayMs: 0,
};
export const noFaults: Faults = {
  rbm: soundWire,
  twilio: soundWire,
  smpp: soundWire,
  smtp: soundWire,
  push: soundWire,
  apple: soundWire,
  callbacks: soundCallbacks,
};

/** `{ scope: rbm | twilio | smpp | smtp | push | apple | callbacks | *, ... }` replaces the faults of that scope. Throws BadRequest. */
export function applyFaults(present: Faults, given: JsonObject): Faults {
  const { scope, seed: _, ...faults } = given;
  switch (scope) {
    case 'rbm':
    case 'twilio':
    case 'smpp':
    case 'smtp':
    case 'push':
    case 'apple':
      return { ...present, [scope]: parseWire(faults) };
    case 'callbacks':
      return { ...present, callbacks: parseCallbacks(faults) };
    case '*': {
      const { callbacks, ...wire } = faults;
      const every = parseWire(wire);
      const told = { partition: every.partition, ...objectIn(callbacks ?? {}, 'callbacks') };
      const wires = {
        rbm: every,
        twilio: every,
        smpp: every,
        smtp: every,
        push: every,
        apple: every,
      };
      return { ...wires, callbacks: parseCallbacks(told) };
    }
    default:
      throw new BadRequest('scope must be rbm, twilio, smpp, smtp, push, apple, callbacks or *');
  }
}

function parseWire(given: JsonObject): WireFaults {
  onlyKnown(given, Object.keys(soundWire), 'a wire');
  const faults = { ...soundWire, ...given };
  const latency = faults.latencyMs === null ? null : objectIn(faults.latencyMs, 'latencyMs');
  const rate = faults.rate === null ? null : objectIn(faults.rate, 'rate');
  return {
    partition: flagIn(faults.partition, 'partition'),
    latencyMs: latency && {
      p50: numberIn(latency['p50'], 'latencyMs.p50'),
      p99: numberIn(latency['p99'], 'latencyMs.p99'),
    },
    errorRatio: numberIn(faults.errorRatio, 'errorRatio', 1),
    rate: rate && {
      perSecond: numberIn(rate['perSecond'], 'rate.perSecond'),
      burst: numberIn(rate['burst'], 'rate.burst'),
    },
    tokenTtlSeconds: numberIn(faults.tokenTtlSeconds, 'tokenTtlSeconds'),
  };
}

function parseCallbacks(given: JsonObject): CallbackFaults {
  onlyKnown(given, Object.keys(soundCallbacks), 'callbacks');
  const faults = { ...soundCallbacks, ...given };
  return {
    partition: flagIn(faults.partition, 'partition'),
    duplicate: numberIn(faults.duplicate, 'duplicate', 1),
    drop: numberIn(faults.drop, 'drop', 1),
    badSignature: numberIn(faults.badSignature, 'badSignature', 1),
    reorderWindowMs: numberIn(faults.reorderWindowMs, 'reorderWindowMs'),
    delayMs: numberIn(faults.delayMs, 'delayMs'),
  };
}
