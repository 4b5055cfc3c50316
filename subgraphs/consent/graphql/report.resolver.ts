// The door to reports about consent, for auditors and for whoever plans a campaign.
import { Arg, Ctx, ID, Int, Query, Resolver } from 'type-graphql';
import { ApiError } from '../../../platform/errors.ts';
import { readPage } from '../../../platform/page.ts';
import { requireScope } from '../../../platform/principal.ts';
import { publicId } from '../../../schema/ids.ts';
import { Channel, Purpose } from '../../../schema/vocabulary.ts';
import type * as words from '../../../schema/vocabulary.ts';
import type { ConsentContext } from '../context.ts';
import { findConsentsAt, findEligible, findPersonHistory } from '../report-consents.ts';
import { countOptOuts } from '../store/report-consents.ts';
import { toState } from './consent.type.ts';
import {
  ConsentHistoryConnection,
  EligibleRecipientConnection,
  OptOutDelta,
  StandingConsentConnection,
} from './report.type.ts';

const SUBJECT_CHARACTERS_MAX = 256;
const PERIOD_MS_MAX = 366 * 86_400_000;
const AFTER = 'The cursor of the item before.';
const FIRST = 'From 1 to 100; 50 when missing.';

const isSubject = (text: string): boolean => text.length <= SUBJECT_CHARACTERS_MAX;
const isLogIndex = (text: string): boolean => /^\d{1,18}$/.test(text);

@Resolver()
export class ReportResolver {
  @Query(() => StandingConsentConnection, {
    description:
      'Who had consented at a time, as the log knew it then: what came later makes no difference. Whether a law allowed to write to them is another question.',
  })
  async consentsAt(
    @Arg('at', () => Date, { description: 'The time; not one to come.' }) at: Date,
    @Arg('purpose', () => Purpose, { description: 'To what.' }) purpose: words.Purpose,
    @Arg('channel', () => Channel, { description: 'On which channel.' }) channel: words.Channel,
    @Arg('first', () => Int, { nullable: true, description: FIRST }) first: number | null,
    @Arg('after', () => String, { nullable: true, description: AFTER }) after: string | null,
    @Ctx() context: ConsentContext,
  ): Promise<StandingConsentConnection> {
    const { tenantId } = requireAuditor(context);
    if (at.getTime() > context.clock.now()) {
      throw new ApiError('BAD_USER_INPUT', 'at is not in the future.', { path: ['at'] });
    }
    const page = readPage(first, after, isSubject);
    const topic = { tenantId, purpose, channel };
    const found = await findConsentsAt(context, topic, { at: at.getTime(), page });
    return {
      ...found,
      edges: found.edges.map(({ cursor, node: { subject, records } }) => {
        const recipientId = records.findLast((record) => record.recipientId !== null)?.recipientId;
        const recipient = recipientId ? { id: publicId('recipient', recipientId) } : null;
        return { cursor, node: { subject, recipient, consents: records.map(toState) } };
      }),
    };
  }

  @Query(() => ConsentHistoryConnection, {
    description:
      'All that is on record of a person, under any of their addresses; also of one who was erased since.',
  })
  async consentHistory(
    @Arg('recipientId', () => ID, { description: 'The person, `rcp_...`.' }) recipientId: string,
    @Arg('first', () => Int, { nullable: true, description: FIRST }) first: number | null,
    @Arg('after', () => String, { nullable: true, description: AFTER }) after: string | null,
    @Ctx() context: ConsentContext,
  ): Promise<ConsentHistoryConnection> {
    const { tenantId } = requireAuditor(context);
    const page = readPage(first, after, isLogIndex);
    const found = await findPersonHistory(context, tenantId, { recipientId, page });
    return {
      ...found,
      edges: found.edges.map(({ cursor, node }) => {
        const { logIndex, subject, actor } = node;
        const consent = toState(node);
        return { cursor, node: { logIndex: String(logIndex), subject, actor, consent } };
      }),
    };
  }

  @Query(() => [OptOutDelta], {
    description:
      'Who left and who came in a period, against the time as long before: what a release did to consent.',
  })
  async optOutDelta(
    @Arg('from', () => Date, { description: 'The beginning.' }) from: Date,
    @Arg('to', () => Date, { description: 'The end, without it; at most 366 days later.' })
    to: Date,
    @Ctx() context: ConsentContext,
  ): Promise<OptOutDelta[]> {
    const { tenantId } = requireAuditor(context);
    const period = { from: from.getTime(), to: to.getTime() };
    if (period.to <= period.from || period.to - period.from > PERIOD_MS_MAX) {
      const sentence = 'to is later than from, by at most 366 days.';
      throw new ApiError('BAD_USER_INPUT', sentence, { path: ['to'] });
    }
    const counted = await context.database.read(tenantId, (tx) =>
      countOptOuts(tx, tenantId, period),
    );
    return counted.map((counts) => {
      return { ...counts, optOutDelta: counts.optOutCount - counts.optOutCountBefore };
    });
  }

  @Query(() => EligibleRecipientConnection, {
    description:
      'Whom a campaign may reach, decided as the gate decides now. The gate is asked again for each message.',
  })
  async eligibleRecipients(
    @Arg('purpose', () => Purpose, { description: 'For what.' }) purpose: words.Purpose,
    @Arg('channel', () => Channel, { description: 'On which channel.' }) channel: words.Channel,
    @Arg('first', () => Int, { nullable: true, description: FIRST }) first: number | null,
    @Arg('after', () => String, { nullable: true, description: AFTER }) after: string | null,
    @Ctx() context: ConsentContext,
  ): Promise<EligibleRecipientConnection> {
    const { tenantId } = context.principal;
    requireScope(context.principal, 'consent:read');
    const page = readPage(first, after, isSubject);
    const found = await findEligible(context, { tenantId, purpose, channel }, page);
    return {
      ...found,
      edges: found.edges.map(({ cursor, node: { recipientId, consentId, expiresAt } }) => ({
        cursor,
        node: {
          recipient: { id: recipientId },
          consentId: publicId('consent', consentId),
          expiresAt: expiresAt === null ? null : new Date(expiresAt),
        },
      })),
    };
  }
}

function requireAuditor({ principal }: ConsentContext): ConsentContext['principal'] {
  requireScope(principal, 'audit:read');
  return principal;
}
