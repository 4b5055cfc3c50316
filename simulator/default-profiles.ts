// What addresses without a profile of their own do, by their last four digits: for demos, where nobody sets profiles.
import { parseProfile, type Profile } from './profile.ts';

const byLastDigits: Readonly<Record<string, unknown>> = {
  // Delivered.
  '0100': {},
  // Delivered, then read.
  '0200': {
    receipts: [
      ['sent', 20],
      ['delivered', 50],
      ['read', 200],
    ],
  },
  // A phone without RCS.
  '0404': { rcs: { reachable: false } },
  // Unreachable on every channel.
  '0001': { submit: ['fail:UNREACHABLE'] },
  // The person blocks the sender.
  '0002': { submit: ['fail:BLOCKED'] },
  // Taken and never delivered: it expires.
  '0003': { receipts: [] },
  // Every callback comes three times.
  '0004': { duplicate: 2 },
  // Read is told before delivered.
  '0005': {
    receipts: [
      ['read', 20],
      ['delivered', 60],
      ['sent', 120],
    ],
  },
  // The connection is cut once, or hangs once, before the message is taken.
  '0006': { submit: ['cut', 'ok'] },
  '0007': { submit: ['hang', 'ok'] },
  // Throttled three times, out of service twice.
  '0429': { submit: ['429:1s', '429:1s', '429:1s', 'ok'] },
  '0500': { submit: ['503', '503', 'ok'] },
};

const profiles = new Map(
  Object.entries(byLastDigits).map(([digits, value]) => [digits, parseProfile(value)]),
);
const plain = parseProfile({});

/** Any other number is delivered. Of an email address the digits end its name: `ada+0001@example.com`. */
export function defaultProfile(address: string): Profile {
  return profiles.get(address.split('@', 1)[0]?.slice(-4) ?? '') ?? plain;
}
