// The door to capabilities: look-ups of numbers, the reports on them, and how long they are believed.
import { Arg, Ctx, Mutation, Query, Resolver } from 'type-graphql';
import { ApiError } from '../../../platform/errors.ts';
import { requireScope } from '../../../platform/principal.ts';
import type { RecipientsContext } from '../context.ts';
import { parsePhoneNumber, type PhoneNumber } from '../phone-number.ts';
import { setCapabilityTtl } from '../set-capability-ttl.ts';
import { loadTtlRules } from '../store/capability-ttls.ts';
import { dropsIn } from '../domain/market-drop.ts';
import { loadCoverage } from '../store/load-coverage.ts';
import { loadAccuracy, loadMarketDays } from '../store/outcomes.ts';
import {
  CapabilityAccuracy,
  CapabilityCoverage,
  CapabilityDrop,
  CapabilityLookup,
  CapabilityTtl,
  SetCapabilityTtlInput,
  SetCapabilityTtlPayload,
} from './capability.type.ts';

const CHANNEL = 'RCS';
const NUMBERS_MAX = 100;
const PERIOD_DAYS_MAX = 366;
const DAY_MS = 86_400_000;

@Resolver()
export class CapabilityResolver {
  @Query(() => CapabilityLookup, {
    description: 'What RCS can do for a number: what is still believed, else what providers say.',
  })
  async capabilityLookup(
    @Arg('msisdn', () => String, { description: 'A phone number in international form.' })
    msisdn: string,
    @Ctx() context: RecipientsContext,
  ): Promise<CapabilityLookup> {
    requireScope(context.principal, 'recipients:read');
    const [answer] = await lookUp(context, [readNumber(msisdn, 'msisdn')]);
    if (answer === undefined) throw new Error('a look-up answers for each number');
    return answer;
  }

  @Query(() => [CapabilityLookup], {
    description: 'The same for up to 100 numbers, in their order.',
  })
  async capabilityLookups(
    @Arg('msisdns', () => [String], { description: 'Phone numbers in international form.' })
    msisdns: string[],
    @Ctx() context: RecipientsContext,
  ): Promise<CapabilityLookup[]> {
    requireScope(context.principal, 'recipients:read');
    if (msisdns.length > NUMBERS_MAX) {
      const field = 'msisdns';
      throw new ApiError('BAD_USER_INPUT', `${field} takes at most ${NUMBERS_MAX}.`, { field });
    }
    const numbers = msisdns.map((msisdn, index) => readNumber(msisdn, `msisdns.${index}`));
    return lookUp(context, numbers);
  }

  @Query(() => [CapabilityCoverage], {
    description: 'What RCS can do for the tenant’s phone numbers, by region and carrier.',
  })
  async capabilityCoverage(@Ctx() context: RecipientsContext): Promise<CapabilityCoverage[]> {
    requireScope(context.principal, 'recipients:read');
    const { tenantId } = context.principal;
    const now = context.clock.now();
    const markets = await context.database.read(tenantId, (tx) =>
      loadCoverage(tx, tenantId, { channel: CHANNEL, now }),
    );
    return markets.map((market) => ({
      ...market,
      reachableShare: market.capableCount / market.numberCount,
    }));
  }

  @Query(() => [CapabilityAccuracy], {
    description: 'What was believed against what deliveries proved, by region and carrier.',
  })
  async capabilityAccuracy(
    @Arg('from', () => Date, { description: 'The first day, in UTC.' }) from: Date,
    @Arg('to', () => Date, { description: 'The last day, in UTC; within 366 days.' }) to: Date,
    @Ctx() context: RecipientsContext,
  ): Promise<CapabilityAccuracy[]> {
    requireScope(context.principal, 'recipients:read');
    const days = (to.getTime() - from.getTime()) / DAY_MS;
    if (days < 0 || days > PERIOD_DAYS_MAX) {
      const sentence = `to is after from, by at most ${PERIOD_DAYS_MAX} days.`;
      throw new ApiError('BAD_USER_INPUT', sentence, { field: 'to' });
    }
    const { tenantId } = context.principal;
    const markets = await context.database.read(tenantId, (tx) =>
      loadAccuracy(tx, tenantId, { channel: CHANNEL, from, to }),
    );
    return markets.map((market) => {
      const right = market.truePositiveCount + market.trueNegativeCount;
      const predicted = right + market.falsePositiveCount + market.falseNegativeCount;
      return { ...market, accuracy: predicted === 0 ? null : right / predicted };
    });
  }

  @Query(() => [CapabilityDrop], {
    description:
      'Markets where RCS broke down today, by what deliveries proved: a carrier’s trouble. Empty on a good day.',
  })
  async capabilityDrops(@Ctx() context: RecipientsContext): Promise<CapabilityDrop[]> {
    requireScope(context.principal, 'recipients:read');
    const { database, clock, principal } = context;
    const { tenantId } = principal;
    const markets = await database.read(tenantId, (tx) =>
      loadMarketDays(tx, tenantId, { channel: CHANNEL, now: clock.now() }),
    );
    return dropsIn(markets);
  }

  @Query(() => [CapabilityTtl], {
    description: 'How long reports are believed, where the tenant has a rule of its own.',
  })
  async capabilityTtls(@Ctx() context: RecipientsContext): Promise<CapabilityTtl[]> {
    requireScope(context.principal, 'recipients:read');
    const { tenantId } = context.principal;
    return context.database.read(tenantId, (tx) => loadTtlRules(tx, tenantId));
  }

  @Mutation(() => SetCapabilityTtlPayload, {
    description: 'Sets how long reports of a market are believed, from the next report on.',
  })
  async setCapabilityTtl(
    @Arg('input', () => SetCapabilityTtlInput, { description: 'The market and the time.' })
    { region, carrier, ttlSeconds }: SetCapabilityTtlInput,
    @Ctx() context: RecipientsContext,
  ): Promise<SetCapabilityTtlPayload> {
    requireScope(context.principal, 'recipients:admin');
    return setCapabilityTtl(context, context.principal.tenantId, {
      region: region ?? null,
      carrier: carrier ?? null,
      ttlSeconds: ttlSeconds ?? null,
    });
  }
}

function readNumber(msisdn: string, field: string): PhoneNumber {
  const number = parsePhoneNumber(msisdn);
  if (number !== null) return number;
  const sentence = `${field} is no phone number in international form, such as +4366012345678.`;
  throw new ApiError('BAD_USER_INPUT', sentence, { field });
}

async function lookUp(
  { principal, lookUpNumbers }: RecipientsContext,
  numbers: readonly PhoneNumber[],
): Promise<CapabilityLookup[]> {
  const answers = await lookUpNumbers(principal.tenantId, numbers);
  return answers.map((capability, index) => {
    const { checkedAt, expiresAt } = capability;
    const { e164 = '', region = null } = numbers[index] ?? {};
    const checked = checkedAt !== null && expiresAt !== null;
    return {
      ...capability,
      msisdn: e164,
      region,
      checkedAt: checkedAt === null ? null : new Date(checkedAt),
      expiresAt: expiresAt === null ? null : new Date(expiresAt),
      ttlSeconds: checked ? Math.round((expiresAt - checkedAt) / 1_000) : null,
    };
  });
}
