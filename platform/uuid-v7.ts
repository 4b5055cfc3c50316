// UUIDs that sort by their time (RFC 9562 version 7), so that new rows land at the end of an index.
import { randomFillSync } from 'node:crypto';
import type { Clock } from './clock.ts';

const COUNTER_MAX = 0xfff;

/** Makes UUIDs that ascend within a process: 48 bits of milliseconds, 12 bits that count within one, 62 random bits. */
export function createUuidV7(
  clock: Clock,
  fillRandom: (bytes: Buffer) => unknown = randomFillSync,
): () => string {
  let last = 0;
  let counter = 0;
  const bytes = Buffer.alloc(16);
  return () => {
    const now = clock.now();
    // A clock that steps back, or more than 4,096 ids in a millisecond, borrows from the future instead.
    if (now > last) [last, counter] = [now, 0];
    else if (counter < COUNTER_MAX) counter += 1;
    else [last, counter] = [last + 1, 0];
    fillRandom(bytes);
    bytes.writeUIntBE(last, 0, 6);
    bytes.writeUInt16BE(0x7000 | counter, 6);
    bytes.writeUInt8(0x80 | (bytes.readUInt8(8) & 0x3f), 8);
    return spelled(bytes.toString('hex'));
  };
}

/** No id that was made at this millisecond since 1970, or later, sorts before it. */
export function firstUuidV7At(ms: number): string {
  return spelled(ms.toString(16).padStart(12, '0').padEnd(32, '0'));
}

const spelled = (hex: string): string =>
  `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
