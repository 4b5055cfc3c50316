// UUIDv7: laid out as RFC 9562 says, ascending whatever the clock does.
import { describe, expect, it } from '@jest/globals';
import { createUuidV7 } from '../../../platform/uuid-v7.ts';

function generator(time: number, fill?: (bytes: Buffer) => unknown) {
  const clock = { time, now: () => clock.time };
  return { clock, next: createUuidV7(clock, fill) };
}

const ascending = (ids: readonly string[]): boolean =>
  ids.every((id, index) => index === 0 || (ids[index - 1] ?? '') < id);

describe('a UUIDv7', () => {
  it('is laid out as in the example of RFC 9562, appendix A.6', () => {
    // There: time 0x017F22E279B0, rand_a 0xCC3, rand_b 0x18C4DC0C0C07398F. Ours starts rand_a as a counter, at 0.
    const rest = Buffer.from('18c4dc0c0c07398f', 'hex');
    const { next } = generator(0x017f22e279b0, (bytes) => rest.copy(bytes, 8));
    expect(next()).toBe('017f22e2-79b0-7000-98c4-dc0c0c07398f');
    expect(next()).toBe('017f22e2-79b0-7001-98c4-dc0c0c07398f');
  });

  it('has the version and the variant, whatever the random bytes are', () => {
    for (const byte of [0x00, 0xff]) {
      const id = generator(1_000, (bytes) => bytes.fill(byte)).next();
      expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    }
  });

  it('ascends within a millisecond, also past the 4,096 that its counter holds', () => {
    const { next } = generator(1_000);
    const ids = Array.from({ length: 10_000 }, () => next());
    expect(ascending(ids)).toBe(true);
    expect(new Set(ids).size).toBe(10_000);
  });

  it('ascends while the clock steps back, and after it has caught up', () => {
    const { clock, next } = generator(10_000);
    const ids = [next(), next()];
    clock.time = 4_000;
    ids.push(next(), next());
    clock.time = 10_001;
    ids.push(next(), next());
    expect(ascending(ids)).toBe(true);
  });

  it('differs from those of another process in the same millisecond', () => {
    const mine = generator(1_000);
    const theirs = generator(1_000);
    expect(mine.next()).not.toBe(theirs.next());
  });
});
