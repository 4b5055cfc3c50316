// Records that a person wrote or unsubscribed, in every tenant that reaches them at this number, and tells who follows.
import type { Transaction } from '../../platform/database.ts';
import { appendEvents } from '../../platform/event-log.ts';
import type { EventName, EventPayloads } from '../../schema/events.ts';
import type { Channel, Keyword } from '../../schema/vocabulary.ts';
import type { DeliveryDeps } from './context.ts';
import { KEYWORDS_VERSION } from './domain/keywords.ts';
import type { HeardText } from './hear-people.ts';
import { insertInbounds, type NewInbound } from './store/insert-inbounds.ts';

/** Times in milliseconds since 1970. */
export interface ReceivedInbound {
  /** The number that it came from: it is looked up, and kept nowhere. */
  readonly from: string;
  readonly channel: Channel;
  readonly keyword: Keyword | null;
  /** What it says, where it is no keyword; it is sealed before it is kept. */
  readonly text: string | null;
  readonly provider: string;
  readonly callbackId: string;
  readonly dedupeKey: string;
  readonly occurredAt: number;
  readonly receivedAt: number;
}

const NAME = 'inbound.received' satisfies EventName;

export interface RecordedInbounds {
  /** The numbers that somebody owns. */
  readonly owned: ReadonlySet<string>;
  /** What was written for a person to read, and came for the first time. */
  readonly texts: readonly HeardText[];
}

/** The carriers' numbers serve all tenants, so the number of the person alone says whom a keyword is for: a STOP goes to
 *  everybody who could write to them. A repetition changes nothing and tells nobody. */
export async function recordInbounds(
  tx: Transaction,
  { ports, newUuid, bus }: Pick<DeliveryDeps, 'ports' | 'newUuid' | 'bus'>,
  inbounds: readonly ReceivedInbound[],
): Promise<RecordedInbounds> {
  if (inbounds.length === 0) return { owned: new Set(), texts: [] };
  const owners = await ports.writerOwners(tx, [...new Set(inbounds.map(({ from }) => from))]);
  const found = inbounds.map(({ from, text, ...inbound }) => ({
    text,
    rows: (owners.get(from) ?? []).map((owner): NewInbound => {
      return { ...inbound, ...owner, id: newUuid() };
    }),
  }));
  const rows = found.flatMap((one) => one.rows);
  if (rows.length === 0) return { owned: new Set(), texts: [] };
  const fresh = await insertInbounds(tx, rows);
  await appendEvents(tx, 'delivery', rows.filter(({ id }) => fresh.has(id)).map(toEvent));
  tx.afterCommit(() => bus.wake('events:delivery'));
  return {
    owned: new Set(owners.keys()),
    // One that some tenant has already was given to the tenant that it was for, however many reach the number by now.
    texts: found
      .filter(({ rows: ofOne }) => ofOne.every(({ id }) => fresh.has(id)))
      .flatMap(({ text, rows: ofOne }) => (text === null ? [] : toHeard(text, ofOne))),
  };
}

function toHeard(text: string, rows: readonly NewInbound[]): HeardText[] {
  const [first] = rows;
  if (first === undefined) return [];
  const { provider, dedupeKey, occurredAt } = first;
  const owners = rows.map(({ tenantId, recipientId, channel }) => {
    return { tenantId, recipientId, channel };
  });
  return [{ text, provider, dedupeKey, occurredAt, owners }];
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
