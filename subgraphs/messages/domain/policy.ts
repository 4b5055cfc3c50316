// The numbers that decide how messages are sent, as data with a version that each decision record names.
import type { Channel, MessageType, Protection } from '../../../schema/vocabulary.ts';

/** What a message type implies. Priority 0 goes first. */
interface TypeRule {
  readonly priority: number;
  readonly receiptWindowSeconds: number;
  readonly expirySeconds: number;
}

export interface Policy {
  readonly version: string;
  readonly types: Readonly<Record<MessageType, TypeRule>>;
  /** Tries on one route, the first one included. */
  readonly triesMax: number;
  /** How long one route may be tried. */
  readonly routeWindowMs: number;
  /** Pause before try n + 1: a random share of base * 2^n, at most the cap. */
  readonly backoff: { readonly baseMs: number; readonly capMs: number };
}

const MINUTE = 60;
const HOUR = 60 * MINUTE;

export const defaultPolicy: Policy = {
  version: 'default-1',
  types: {
    OTP: { priority: 0, receiptWindowSeconds: 15, expirySeconds: 10 * MINUTE },
    ALERT: { priority: 1, receiptWindowSeconds: 30, expirySeconds: 24 * HOUR },
    RECEIPT: { priority: 2, receiptWindowSeconds: 30, expirySeconds: 24 * HOUR },
    SUPPORT: { priority: 2, receiptWindowSeconds: 30, expirySeconds: 24 * HOUR },
    NOTIFICATION: { priority: 3, receiptWindowSeconds: 30, expirySeconds: 24 * HOUR },
    MARKETING: { priority: 4, receiptWindowSeconds: 120, expirySeconds: 24 * HOUR },
  },
  triesMax: 3,
  routeWindowMs: 5 * MINUTE * 1_000,
  backoff: { baseMs: 1_000, capMs: 60_000 },
};

/** Base score of a route. App push leads where the content is HIGH: it is the one channel that is ours end to end. */
export function scoreOf(
  channel: Channel,
  protection: Protection,
  highSensitivity: boolean,
): number {
  switch (channel) {
    case 'RCS':
      return protection === 'NATIVE_E2EE' ? 100 : 50;
    case 'IMESSAGE':
      return 80;
    case 'EMAIL':
      return 40;
    case 'LINK':
      return 30;
    case 'SMS':
      return 20;
    case 'PUSH':
      return highSensitivity ? 110 : 10;
  }
}
