// The delivery subgraph: provider callbacks, normalised receipts, where messages stand, and the live stream.
import { LOG_COLUMNS } from '../../platform/event-log.ts';
import { LiveTail } from '../../platform/live-tail.ts';
import type { Part, PartDefinition } from '../../platform/part.ts';
import { CallbackVault } from './callback-vault.ts';
import type { DeliveryContext, DeliveryDeps } from './context.ts';
import { ConversationChangedSubscription } from './graphql/conversation-changed.subscription.ts';
import { ConversationEntryResolver } from './graphql/conversation-entry.resolver.ts';
import {
  ConversationResolver,
  MessageRepliesResolver,
  RecipientConversationsResolver,
  resolveConversation,
} from './graphql/conversation.resolver.ts';
import { createLoaders } from './graphql/loaders.ts';
import { DeliveryEventResolver, MessageStatusResolver } from './graphql/message-status.resolver.ts';
import { RetentionResolver } from './graphql/retention.resolver.ts';
import { ReceiptsSubscription } from './graphql/receipts.subscription.ts';
import { providerCallback } from './http/provider-callback.ts';
import { closeSilentConversations } from './jobs/close-silent-conversations.ts';
import { eraseOutdatedRecords } from './jobs/erase-outdated.ts';
import { followAttempts } from './jobs/follow-attempts.ts';
import { followPeople } from './jobs/follow-people.ts';
import { normaliseCallbacks } from './jobs/normalise-callbacks.ts';
import { DeliveryEventTable } from './store/delivery-event.table.ts';
import { MessageStatusTable } from './store/message-status.table.ts';
import { init } from './store/migrations/0001-init.ts';
import { inbound } from './store/migrations/0002-inbound.ts';
import { retention } from './store/migrations/0003-retention.ts';
import { providerMessageId } from './store/migrations/0004-provider-message-id.ts';
import { conversation } from './store/migrations/0005-conversation.ts';
import { listenToProviders } from './listen-to-providers.ts';
import { createTakeCallback } from './take-callback.ts';

export const deliveryDefinition: PartDefinition = {
  schema: 'delivery',
  tables: [DeliveryEventTable, MessageStatusTable],
  migrations: [init, inbound, retention, providerMessageId, conversation],
  appendOnly: ['retention_run', 'conversation_access'],
  // Whoever acts on receipts follows them.
  grants: {
    messages: [{ table: 'event', columns: LOG_COLUMNS }],
    recipients: [{ table: 'event', columns: LOG_COLUMNS }],
    consent: [{ table: 'event', columns: LOG_COLUMNS }],
  },
  graphql: {
    resolvers: [
      MessageStatusResolver,
      DeliveryEventResolver,
      ReceiptsSubscription,
      ConversationResolver,
      ConversationEntryResolver,
      RecipientConversationsResolver,
      MessageRepliesResolver,
      ConversationChangedSubscription,
      RetentionResolver,
    ],
    references: { Conversation: resolveConversation },
  },
};

export function createDelivery(deps: DeliveryDeps): Part {
  const { database, bus, log, settings } = deps;
  const vault = new CallbackVault(deps);
  const tail = new LiveTail({
    database,
    source: database.schema,
    bus,
    log,
    pollMs: settings.pollMs,
    bufferMax: settings.streamBufferMax,
  });
  const takeCallback = createTakeCallback(deps, vault);
  let stopListening = (): Promise<unknown> => Promise.resolve();
  return {
    name: 'delivery',
    contextFor: (principal): DeliveryContext => ({
      ...deps,
      principal,
      tail,
      loaders: createLoaders(deps, principal),
    }),
    routes: [providerCallback(deps, takeCallback)],
    jobs: [
      followAttempts(deps),
      followPeople(deps),
      normaliseCallbacks(deps, vault),
      closeSilentConversations(deps),
      eraseOutdatedRecords(deps),
    ],
    start: () => {
      tail.start();
      stopListening = listenToProviders(deps, takeCallback);
    },
    ready: () => database.reachable(),
    close: async () => {
      await stopListening();
      await tail.stop();
      await database.close();
    },
  };
}
