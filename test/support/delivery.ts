// The delivery part's own side on a real database: what its deeds and jobs are given.
import { definitions } from '../../parts.ts';
import { Database } from '../../platform/database.ts';
import type { Log } from '../../platform/log.ts';
import { createMetrics } from '../../platform/metrics.ts';
import { roleUrl } from '../../platform/migrate.ts';
import { createUuidV7 } from '../../platform/uuid-v7.ts';
import type { Provider } from '../../providers/provider.ts';
import type { DeliveryDeps } from '../../subgraphs/delivery/context.ts';
import { ANSWER_WINDOW_HOURS, LAPSE_HOURS } from '../../subgraphs/delivery/domain/conversation.ts';
import {
  CONVERSATION_ENTRY_DAYS,
  RAW_CALLBACK_DAYS,
} from '../../subgraphs/delivery/domain/retention.ts';
import { createPersonKeys } from '../../subgraphs/recipients/person-keys.ts';
import { createPseudonyms } from '../../subgraphs/recipients/pseudonyms.ts';
import type { People } from './people.ts';

/** Whoever opens it closes its database. */
export async function openDelivery(
  people: People,
  providers: readonly Provider[],
  { log, onStatement }: { readonly log: Log; readonly onStatement?: (sql: string) => void },
): Promise<DeliveryDeps> {
  const { kms, clock } = people;
  return {
    database: await Database.open({
      url: roleUrl(people.url, 'delivery'),
      schema: 'delivery',
      tables: definitions.delivery.tables,
      connectionsMax: 4,
      log,
      ...(onStatement && { onStatement }),
    }),
    ports: { ...createPseudonyms({ kms }), personKeys: createPersonKeys(people.work) },
    providers: new Map(providers.map((provider) => [provider.id, provider])),
    kms,
    bus: people.work.bus,
    clock,
    newUuid: createUuidV7(clock),
    settings: {
      pollMs: 20,
      callbackBaseUrl: '',
      callbackMaxBytes: 65_536,
      streamBufferMax: 10,
      rawCallbackDays: RAW_CALLBACK_DAYS,
      conversationEntryDays: CONVERSATION_ENTRY_DAYS,
      answerWindowHours: ANSWER_WINDOW_HOURS,
      openLapseHours: LAPSE_HOURS.OPEN,
      waitingLapseHours: LAPSE_HOURS.AWAITING_AGENT,
    },
    log,
    metrics: createMetrics({ withProcess: false }),
  };
}
