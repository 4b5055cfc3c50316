// Follows what people reply and what carriers refuse in their name: STOP, START and HELP, each once.
import type { LoggedEvent } from '../../../platform/event-log.ts';
import { createFollower } from '../../../platform/follower.ts';
import type { Transaction } from '../../../platform/database.ts';
import type { Job } from '../../../platform/loop.ts';
import type { EventPayloads } from '../../../schema/events.ts';
import { applyKeywords, type GivenKeyword } from '../apply-keywords.ts';
import type { ConsentDeps } from '../deps.ts';

const POLL_MS = 250;

/** Of a STOP that never reached us, because the carrier kept it. */
const CARRIER_LIST = 'carrier-list';

export function followReplies(deps: ConsentDeps): Job {
  const { database, bus, log } = deps;
  return createFollower({
    name: 'replies',
    database,
    source: 'delivery',
    bus,
    log,
    pollMs: POLL_MS,
    handle: async (tx, events) => {
      const given: GivenKeyword[] = [];
      for (const event of events) {
        const keyword = replyIn(event) ?? (await refusalIn(tx, deps, event));
        if (keyword !== null) given.push(keyword);
      }
      await applyKeywords(tx, deps, given);
    },
  });
}

function replyIn({ tenantId, name, payload }: LoggedEvent): GivenKeyword | null {
  if (name !== 'inbound.received') return null;
  const { inboundId, subject, channel, keyword, keywordsVersion, occurredAt } =
    payload as EventPayloads['inbound.received'];
  if (keyword === null) return null;
  return {
    tenantId,
    subject,
    channel,
    keyword,
    origin: `inbound ${inboundId}`,
    policyVersion: keywordsVersion,
    occurredAt: Date.parse(occurredAt),
  };
}

/** A carrier that refuses because the person opted out there has a STOP that we have not: it counts from now on. */
async function refusalIn(
  tx: Transaction,
  { ports }: ConsentDeps,
  { tenantId, name, payload }: LoggedEvent,
): Promise<GivenKeyword | null> {
  if (name !== 'delivery.recorded') return null;
  const { failureCode, attemptId, recipientId, channel } =
    payload as EventPayloads['delivery.recorded'];
  if (failureCode !== 'OPTED_OUT' || channel === null || attemptId === null) return null;
  const known = await ports.consentSubjects(tx, tenantId, [recipientId]);
  const subject = known.get(recipientId)?.find((one) => one.channel === channel)?.subject;
  if (subject === undefined) return null;
  const origin = `attempt ${attemptId}`;
  const occurredAt = null;
  return {
    tenantId,
    subject,
    channel,
    keyword: 'STOP',
    origin,
    policyVersion: CARRIER_LIST,
    occurredAt,
  };
}
