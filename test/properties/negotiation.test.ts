// Negotiation over arbitrary people, consents and providers: what must hold whatever is known.
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  Channel,
  Protection,
  protectionsOf,
  Sensitivity,
  Tristate,
} from '../../schema/vocabulary.ts';
import { decideRoutes } from '../../subgraphs/messages/domain/decision.ts';
import {
  negotiate,
  stillAllowed,
  type Candidate,
  type Negotiation,
  type Permission,
} from '../../subgraphs/messages/domain/negotiation.ts';
import { defaultPolicy, type Policy } from '../../subgraphs/messages/domain/policy.ts';
import { replay } from '../../subgraphs/messages/domain/replay.ts';

const NOW = 1_000;
const channels = Object.values(Channel);
const channel = fc.constantFrom(...channels);
const tristate = fc.constantFrom(...Object.values(Tristate));

const permission: fc.Arbitrary<Permission> = fc.oneof(
  fc.constant({ allowed: true, consentId: 'c' } as const),
  fc
    .constantFrom('CONSENT_MISSING', 'CONSENT_WITHDRAWN', 'CONSENT_EXPIRED')
    .map((reason): Permission => ({ allowed: false, reason: reason as never, consentId: null })),
);

const some = <T>(value: fc.Arbitrary<T>) =>
  fc
    .array(fc.tuple(channel, value), { maxLength: channels.length })
    .map((entries) => new Map(entries));

const negotiation: fc.Arbitrary<Negotiation> = fc.record({
  sensitivity: fc.constantFrom(...Object.values(Sensitivity)),
  hasSensitiveValues: fc.boolean(),
  allowedChannels: fc.uniqueArray(channel),
  channels: some(
    fc.record({
      hasAddress: fc.boolean(),
      bounced: fc.boolean(),
      supported: tristate,
      nativeE2ee: tristate,
      source: fc.constant('probe'),
      checkedAt: fc.constant(null),
      expiresAt: fc.option(fc.constantFrom(NOW - 1, NOW, NOW + 1)),
    }),
  ).map((known) => [...known].map(([name, facts]) => ({ channel: name, ...facts }))),
  hasDeviceKey: fc.boolean(),
  preferredChannels: fc.uniqueArray(channel),
  optedOutChannels: fc.uniqueArray(channel),
  inQuietHours: fc.constantFrom(false, false, false, true),
  isOverCap: fc.constantFrom(false, false, false, true),
  permissions: some(permission),
  providers: some(fc.record({ id: fc.constantFrom('p', 'q'), nativeE2ee: fc.boolean() })),
  rollouts: fc.subarray(['early', 'late']).map((names) => new Set(names)),
  unavailable: fc.subarray(['p', 'q']).map((ids) => new Set(ids)),
  now: fc.constant(NOW),
});

const protection = fc.option(fc.constantFrom(...Object.values(Protection)));
/** Any scores and rollouts at all: what a policy may say is narrower. */
const anyPolicy: fc.Arbitrary<Policy> = fc
  .record({
    scores: fc.array(
      fc.record({
        channel,
        protection,
        sensitivity: fc.option(fc.constantFrom(...Object.values(Sensitivity))),
        score: fc.integer({ min: -5, max: 5 }),
      }),
    ),
    rollouts: fc.array(
      fc.record({
        name: fc.constantFrom('early', 'late', 'never'),
        channel,
        protection,
        percent: fc.constant(50),
        regions: fc.constant([]),
        carriers: fc.constant([]),
      }),
      { maxLength: 3 },
    ),
  })
  .map((parts) => ({ ...defaultPolicy, ...parts }));

describe('negotiation', () => {
  it('ranks no route without address, capability, permission, provider and template', () => {
    fc.assert(
      fc.property(negotiation, anyPolicy, (input, policy) => {
        for (const route of negotiate(input, policy).filter(({ rank }) => rank !== null)) {
          const known = input.channels.find((facts) => facts.channel === route.channel);
          expect(known).toMatchObject({ hasAddress: true, supported: 'YES' });
          expect(known?.expiresAt ?? NOW + 1).toBeGreaterThan(NOW);
          expect(input.permissions.get(route.channel)?.allowed).toBe(true);
          expect(route.provider).toBe(input.providers.get(route.channel)?.id);
          expect(input.allowedChannels).toContain(route.channel);
          expect(input.optedOutChannels).not.toContain(route.channel);
          expect(input.inQuietHours || input.isOverCap).toBe(false);
          expect(protectionsOf[route.channel]).toContain(route.protection);
        }
      }),
    );
  });

  it('never ranks clear text for what is highly sensitive, nor an encryption that is not there', () => {
    fc.assert(
      fc.property(negotiation, anyPolicy, (input, policy) => {
        for (const route of negotiate(input, policy).filter(({ rank }) => rank !== null)) {
          if (input.sensitivity === 'HIGH') expect(route.protection).not.toBe('CLEAR');
          if (route.protection === 'ENVELOPE') expect(input.hasDeviceKey).toBe(true);
          if (route.protection !== 'NATIVE_E2EE') continue;
          const known = input.channels.find((facts) => facts.channel === route.channel);
          expect(known?.nativeE2ee).toBe('YES');
          expect(input.providers.get(route.channel)?.nativeE2ee).toBe(true);
        }
      }),
    );
  });

  it('explains every channel, ranks each at most once, and rejects none without a reason', () => {
    fc.assert(
      fc.property(negotiation, anyPolicy, (input, policy) => {
        const candidates = negotiate(input, policy);
        expect(new Set(candidates.map((one) => one.channel))).toEqual(new Set(channels));
        const ranked = candidates.filter(({ rank }) => rank !== null);
        expect(new Set(ranked.map((one) => one.channel)).size).toBe(ranked.length);
        expect(ranked.map(({ rank }) => rank)).toEqual(ranked.map((_, index) => index + 1));
        for (const { rank, reasons } of candidates) expect(reasons.length > 0).toBe(rank === null);
        const points = ranked.map(({ score }) => score);
        expect(points).toEqual(points.toSorted((a, b) => b - a));
      }),
    );
  });

  it('is the same whatever the order in which facts are given', () => {
    const shuffled = <T>(items: readonly T[]) =>
      fc.shuffledSubarray([...items], { minLength: items.length });
    const reordered = negotiation.chain((input) =>
      fc
        .record({
          allowedChannels: shuffled(input.allowedChannels),
          channels: shuffled(input.channels),
          optedOutChannels: shuffled(input.optedOutChannels),
          permissions: shuffled([...input.permissions]).map((entries) => new Map(entries)),
          providers: shuffled([...input.providers]).map((entries) => new Map(entries)),
          rollouts: shuffled([...input.rollouts]).map((names) => new Set(names)),
          unavailable: shuffled([...input.unavailable]).map((ids) => new Set(ids)),
        })
        .map((other): [Negotiation, Negotiation] => [input, { ...input, ...other }]),
    );
    fc.assert(
      fc.property(reordered, anyPolicy, ([input, other], policy) => {
        expect(negotiate(other, policy)).toEqual(negotiate(input, policy));
      }),
    );
  });

  it('answers the same facts with the same routes, and changes none of them', () => {
    fc.assert(
      fc.property(negotiation, anyPolicy, (input, policy) => {
        const before = structuredClone(input);
        const [first, second] = [
          negotiate(input, policy),
          negotiate(structuredClone(input), policy),
        ];
        expect(second).toEqual(first);
        expect(input).toEqual(before);
      }),
    );
  });

  it('lets scores order what the rules have let through, and nothing else', () => {
    fc.assert(
      fc.property(negotiation, anyPolicy, (input, policy) => {
        const verdicts = (candidates: readonly Candidate[]) =>
          new Map(
            candidates.map(({ channel: name, protection, reasons }) => [
              `${name} ${protection}`,
              reasons,
            ]),
          );
        const others = negotiate(input, { ...policy, scores: defaultPolicy.scores });
        expect(verdicts(negotiate(input, policy))).toEqual(verdicts(others));
      }),
    );
  });

  it('takes no route that is tried out with others', () => {
    fc.assert(
      fc.property(negotiation, anyPolicy, (input, policy) => {
        for (const route of negotiate(input, policy).filter(({ rank }) => rank !== null)) {
          const of = policy.rollouts.filter((one) => one.channel === route.channel);
          const isOpen = [null, route.protection].every((tried) => {
            const ofRoute = of.filter((one) => one.protection === tried);
            return ofRoute.length === 0 || ofRoute.some(({ name }) => input.rollouts.has(name));
          });
          expect(isOpen).toBe(true);
        }
      }),
    );
  });

  it('comes to the same again from what its record holds', () => {
    fc.assert(
      fc.property(negotiation, anyPolicy, (input, policy) => {
        const record = JSON.parse(JSON.stringify(decideRoutes(input, policy)));
        expect(replay(record, policy)).toEqual(negotiate(input, policy));
      }),
    );
  });

  it('waits for a provider that is left alone only where there is no other way', () => {
    fc.assert(
      fc.property(negotiation, anyPolicy, (input, policy) => {
        const weighed = negotiate(input, policy);
        const possible = negotiate({ ...input, unavailable: new Set() }, policy);
        const there = ({ provider }: Candidate) => !input.unavailable.has(provider ?? '');
        const taken = weighed.filter(({ rank }) => rank !== null);
        const before = possible.filter(({ rank }) => rank !== null);
        const expected = before.some(there) ? before.filter(there) : before;
        const channelsOf = (candidates: readonly Candidate[]) =>
          candidates.map((one) => one.channel);
        expect(channelsOf(taken)).toEqual(channelsOf(expected));
        const left = weighed.filter(({ reasons }) => reasons.includes('PROVIDER_UNAVAILABLE'));
        expect(left.map(({ reasons }) => reasons)).toEqual(
          left.map(() => ['PROVIDER_UNAVAILABLE']),
        );
        expect(taken.length + left.length).toBe(before.length);
      }),
    );
  });

  it('still allows what it ranks, and no longer what lost its permission', () => {
    fc.assert(
      fc.property(negotiation, anyPolicy, (input, policy) => {
        for (const route of negotiate(input, policy).filter(({ rank }) => rank !== null)) {
          expect(stillAllowed(route, input, policy)).toBe(true);
          const refused: Permission = {
            allowed: false,
            reason: 'CONSENT_WITHDRAWN',
            consentId: null,
          };
          const permissions = new Map([...input.permissions, [route.channel, refused]]);
          expect(stillAllowed(route, { ...input, permissions }, policy)).toBe(false);
        }
      }),
    );
  });
});
