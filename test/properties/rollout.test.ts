// Rollouts over arbitrary people: the share, who stays in when it grows, and what overrides it.
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  rolloutsOf,
  type Rollout,
  type RolloutSubject,
} from '../../subgraphs/messages/domain/rollout.ts';

const subject = fc.record({
  tenantId: fc.stringMatching(/^[a-z]{1,20}$/),
  recipientId: fc.uuid(),
  region: fc.constantFrom('AT', 'DE', null),
  flags: fc.constant({}),
  carriers: fc.constant(new Map()),
});
const percent = fc.double({ min: 0, max: 100, noNaN: true });
const rollout = (more: Partial<Rollout> = {}): Rollout => ({
  name: 'rcs-sealed',
  channel: 'RCS',
  protection: 'ENVELOPE',
  percent: 50,
  regions: [],
  carriers: [],
  ...more,
});
const isIn = (of: Rollout, who: RolloutSubject): boolean => rolloutsOf([of], who).has(of.name);

describe('a rollout', () => {
  it('keeps whom it had when its share grows', () => {
    fc.assert(
      fc.property(subject, percent, percent, (who, one, other) => {
        const [less, more] = [Math.min(one, other), Math.max(one, other)];
        if (isIn(rollout({ percent: less }), who)) {
          expect(isIn(rollout({ percent: more }), who)).toBe(true);
        }
      }),
    );
  });

  it('has nobody at 0 percent, everybody at 100, and answers the same each time', () => {
    fc.assert(
      fc.property(subject, percent, (who, share) => {
        expect(isIn(rollout({ percent: 0 }), who)).toBe(false);
        expect(isIn(rollout({ percent: 100 }), who)).toBe(true);
        const of = rollout({ percent: share });
        expect(isIn(of, structuredClone(who))).toBe(isIn(of, who));
      }),
    );
  });

  it('lets a person’s flag decide, both ways', () => {
    fc.assert(
      fc.property(subject, percent, fc.boolean(), (who, share, flag) => {
        const of = rollout({ percent: share, regions: ['CH'], carriers: ['A1'] });
        expect(isIn(of, { ...who, flags: { 'rcs-sealed': flag } })).toBe(flag);
        expect(isIn(of, { ...who, flags: { other: true } })).toBe(false);
      }),
    );
  });

  it('has those of its regions and carriers alone', () => {
    fc.assert(
      fc.property(subject, (who) => {
        const all = { percent: 100 };
        expect(isIn(rollout({ ...all, regions: ['AT', 'CH'] }), who)).toBe(who.region === 'AT');
        const carriers = new Map([['RCS', 'A1'] as const]);
        expect(isIn(rollout({ ...all, carriers: ['A1'] }), { ...who, carriers })).toBe(true);
        expect(isIn(rollout({ ...all, carriers: ['T'] }), { ...who, carriers })).toBe(false);
        expect(isIn(rollout({ ...all, carriers: ['A1'] }), who)).toBe(false);
      }),
    );
  });
});

describe('of 20,000 people', () => {
  // UUIDv7 of one batch differ in few places: the share must not hang on that.
  const people = Array.from({ length: 20_000 }, (_, index): RolloutSubject => {
    const recipientId = `019aa000-0000-7000-8000-${index.toString(16).padStart(12, '0')}`;
    return { tenantId: 'acme', recipientId, region: null, flags: {}, carriers: new Map() };
  });
  const members = (of: Rollout) => new Set(people.filter((who) => isIn(of, who)));

  it.each([1, 10, 25, 50, 99])('a rollout of %d percent has that share', (share) => {
    // Four standard deviations of a fair draw.
    const deviation = 4 * Math.sqrt(20_000 * (share / 100) * (1 - share / 100));
    const count = members(rollout({ percent: share })).size;
    expect(Math.abs(count - 20_000 * (share / 100))).toBeLessThan(deviation);
  });

  it('another rollout, and another tenant’s, has others', () => {
    const ours = members(rollout());
    const others = [
      members(rollout({ name: 'another' })),
      new Set(people.filter((who) => isIn(rollout(), { ...who, tenantId: 'globex' }))),
    ];
    for (const other of others) {
      const bothCount = [...ours].filter((who) => other.has(who)).length;
      expect(bothCount).toBeGreaterThan(4_500);
      expect(bothCount).toBeLessThan(5_500);
    }
  });
});
