// What becomes of a campaign's messages: delivery follows messages, carriers report, and the counts follow delivery.
import type { Job } from '../../platform/loop.ts';
import { uuidOf } from '../../schema/ids.ts';
import { dedupeKeyOf } from '../../subgraphs/delivery/domain/receipt-status.ts';
import { followAttempts } from '../../subgraphs/delivery/jobs/follow-attempts.ts';
import { recordEvents } from '../../subgraphs/delivery/record-events.ts';
import { followCampaignOutcomes } from '../../subgraphs/messages/jobs/follow-campaign-outcomes.ts';
import { openDelivery } from './delivery.ts';
import { oneRound } from './jobs.ts';
import { recordingLog } from './recording-log.ts';
import type { ScriptedProvider, Sending } from './sending.ts';

export interface Outcomes {
  /** The carriers say that these messages were delivered. */
  deliver(messageIds: readonly string[]): Promise<void>;
  /** Delivery follows messages, and the counts follow delivery, until all is told. */
  settle(): Promise<void>;
  close(): Promise<void>;
}

/** The delivery part's side: what it follows, and what carriers report. */
export async function openOutcomes(
  { people, deps }: Sending,
  provider: ScriptedProvider,
): Promise<Outcomes> {
  const delivery = await openDelivery(people, [provider], recordingLog());
  const { database, clock } = delivery;
  return {
    async deliver(messageIds) {
      const rows = await people.sql<{ id: string; message: string; recipient: string }>(
        `select a.id, a.message_id as message, m.recipient_id as recipient from messages.attempt a
         join messages.message m on m.id = a.message_id where m.id = any($1)`,
        [messageIds.map((id) => uuidOf('message', id))],
      );
      const events = rows.map(({ id: attemptId, message: messageId, recipient: recipientId }) => {
        const about = { type: 'DELIVERED', messageId, attemptId, provider: 'sms' } as const;
        return {
          ...about,
          tenantId: 'acme',
          recipientId,
          addressId: null,
          channel: 'SMS',
          protection: 'CLEAR',
          endStatus: null,
          source: 'PROVIDER',
          providerEventId: null,
          providerCode: null,
          failureCode: null,
          fallbackReason: null,
          callbackId: null,
          dedupeKey: dedupeKeyOf({ ...about, providerKey: null }),
          occurredAt: clock.now(),
          receivedAt: clock.now(),
        } as const;
      });
      await database.acrossTenants((tx) => recordEvents(tx, delivery, events));
    },
    async settle() {
      await followed(people.sql, 'delivery', 'attempts', 'messages', () =>
        followAttempts(delivery),
      );
      const outcomes = () => followCampaignOutcomes(deps);
      await followed(people.sql, 'messages', 'campaign-outcomes', 'delivery', outcomes);
    },
    close: () => database.close(),
  };
}

/** Rounds of a follower until it has read all that its source has told. */
async function followed(
  sql: Sending['people']['sql'],
  schema: string,
  name: string,
  source: string,
  job: () => Job,
): Promise<void> {
  const behind = `select 1 from ${source}.event e where not exists (select 1 from ${schema}.follower f
    where f.name = $1 and (f.tx, f.seq) >= (e.tx, e.seq)) limit 1`;
  while ((await sql(behind, [name])).length > 0) await oneRound(job());
}
