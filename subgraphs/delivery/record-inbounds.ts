// Records that a person wrote or unsubscribed, in every tenant that reaches them at this number, and tells who follows.
import type { Transaction } from '../../platform/database.ts';
import { appendEvents } from '../../platform/event-log.ts';
import type { EventName, EventPayloads } from '../../schema/events.ts';
import type { Channel, Keyword } from '../../schema/vocabulary.ts';
import type { DeliveryDeps } from './context.ts';
import { KEYWORDS_VERSION } from './domain/keywords.ts';
import { insertInbounds, type NewInbound } from './store/insert-inbounds.ts';

/** Times in milliseconds since 1970. */
export interface ReceivedInbound {
  /** The number that it came from: it is looked up, and kept nowhere. */
  readonly from: string;
  readonly channel: Channel;
  readonly keyword: Keyword | null;
  readonly provider: string;
  readonly callbackId: string;
  readonly dedupeKey: string;
  readonly occurredAt: number;
  readonly receivedAt: number;
}

const NAME = 'inbound.received' satisfies EventName;

/** Answers the numbers that somebody owns. The carriers' numbers serve all tenants, so the number of the person alone says
 *  whom it is for: a STOP goes to everybody who could write to them. A repetition changes nothing and tells nobody. */
export async function recordInbounds(
  tx: Transaction,
  { ports, newUuid, bus }: Pick<DeliveryDeps, 'ports' | 'newUuid' | 'bus'>,
  inbounds: readonly ReceivedInbound[],
): Promise<ReadonlySet<string>> {
  if (inbounds.length === 0) return new Set();
  const owners = await ports.phoneOwners(tx, [...new Set(inbounds.map(({ from }) => from))]);
  const found = inbounds.flatMap(({ from, ...inbound }) =>
    (owners.get(from) ?? []).map((owner): NewInbound => ({ ...inbound, ...owner, id: newUuid() })),
  );
  if (found.length === 0) return new Set();
  const fresh = await insertInbounds(tx, found);
  const told = found.filter(({ id }) => fresh.has(id)).map(toEvent);
  await appendEvents(tx, 'delivery', told);
  tx.afterCommit(() => bus.wake('events:delivery'));
  return new Set(owners.keys());
}

function toEvent(inbound: NewInbound) {
  const { tenantId, id, recipientId, subject, channel, keyword, occurredAt } = inbound;
  const payload: EventPayloads[typeof NAME] = {
    inboundId: id,
    recipientId,
    subject,
    channel,
    keyword,
    keywordsVersion: KEYWORDS_VERSION,
    occurredAt: new Date(occurredAt).toISOString(),
  };
  return { tenantId, id, name: NAME, payload, occurredAt };
}
