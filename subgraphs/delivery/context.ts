// What a verb, a job or a resolver of delivery has at hand.
import type DataLoader from 'dataloader';
import type { Kms } from '../../crypto/kms.ts';
import type { Bus } from '../../platform/bus.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Database } from '../../platform/database.ts';
import type { LiveTail } from '../../platform/live-tail.ts';
import type { Log } from '../../platform/log.ts';
import type { Metrics } from '../../platform/metrics.ts';
import type { Principal } from '../../platform/principal.ts';
import type { Provider } from '../../providers/provider.ts';
import type { NewUuid } from '../../schema/ids.ts';
import type { DeliveryEventRow } from './store/delivery-event.table.ts';
import type { DeliveryPorts } from './ports.ts';
import type { FoundConversation, Place } from './store/find-conversations.ts';
import type { FoundEntry } from './store/find-entries.ts';
import type { MessageStatusRow } from './store/message-status.table.ts';

export interface DeliverySettings {
  /** How often logs and callbacks are looked at when nobody wakes the worker. */
  readonly pollMs: number;
  /** The public URL below which providers call back, as they were told it: `<base>/<provider id>`. */
  readonly callbackBaseUrl: string;
  /** Bytes of one callback at the most. */
  readonly callbackMaxBytes: number;
  /** Events that a slow subscriber may be behind before its stream ends with a gap. */
  readonly streamBufferMax: number;
  readonly rawCallbackDays: number;
  readonly conversationEntryDays: number;
  /** How long before a text what it answers may have been handed over. */
  readonly answerWindowHours: number;
  /** How long nothing is said before a conversation closes by itself. */
  readonly openLapseHours: number;
  readonly waitingLapseHours: number;
}

export interface DeliveryDeps {
  readonly database: Database;
  readonly ports: DeliveryPorts;
  readonly providers: ReadonlyMap<string, Provider>;
  readonly kms: Kms;
  readonly bus: Bus;
  readonly clock: Clock;
  readonly newUuid: NewUuid;
  readonly settings: DeliverySettings;
  readonly log: Log;
  readonly metrics: Metrics;
}

export interface DeliveryContext extends DeliveryDeps {
  readonly principal: Principal;
  readonly tail: LiveTail;
  readonly loaders: {
    readonly status: DataLoader<string, MessageStatusRow | null>;
    readonly timeline: DataLoader<string, DeliveryEventRow[]>;
    readonly conversation: DataLoader<string, FoundConversation | null>;
    /** By the recipient's UUID. */
    readonly conversationsWith: DataLoader<string, readonly FoundConversation[]>;
    /** Pages by the conversation's UUID, all behind the same place; one more than the limit, where there is one more. */
    entries(page: {
      after: Place | null;
      limit: number;
    }): DataLoader<string, readonly FoundEntry[]>;
    readonly entry: DataLoader<string, FoundEntry | null>;
    /** By the message's UUID. */
    readonly replies: DataLoader<string, readonly FoundEntry[]>;
    /** Clear text by the entry's UUID, with a record of each. */
    text(reason: string): DataLoader<string, string | null>;
  };
}
