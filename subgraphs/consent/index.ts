// Consent: what each person permits, on record, and the gate that is asked before anything is sent.
import { LiveTail } from '../../platform/live-tail.ts';
import type { Part, PartDefinition } from '../../platform/part.ts';
import { createTakeTokens, sweepBuckets } from '../../platform/rate-limit.ts';
import { createAppendConsent } from './append-consent.ts';
import type { ConsentContext } from './context.ts';
import type { ConsentDeps } from './deps.ts';
import { ConsentChangedSubscription } from './graphql/consent-changed.subscription.ts';
import { ConsentResolver } from './graphql/consent.resolver.ts';
import { logOf } from './grow-log.ts';
import { CmpResolver } from './graphql/cmp.resolver.ts';
import { CrmResolver } from './graphql/crm.resolver.ts';
import { cmpCallback, cmpToken } from './http/cmp-callback.ts';
import { eligibleBatch } from './http/eligible-batch.ts';
import { unsubscribeDeed, unsubscribePage } from './http/unsubscribe.ts';
import { createWebhookSecrets } from './webhook-secrets.ts';
import { createLoaders } from './graphql/loaders.ts';
import { ReceiptResolver } from './graphql/receipt.resolver.ts';
import { ReportResolver } from './graphql/report.resolver.ts';
import { RulesResolver } from './graphql/rules.resolver.ts';
import { RetentionResolver } from './graphql/retention.resolver.ts';
import { SuppressionResolver } from './graphql/suppression.resolver.ts';
import { Recipient } from './graphql/recipient.stub.ts';
import { eraseOutdatedRecords } from './jobs/erase-outdated.ts';
import { followConsents } from './jobs/follow-consents.ts';
import { followMerges } from './jobs/follow-merges.ts';
import { followReplies } from './jobs/follow-replies.ts';
import { pushDueTargets } from './jobs/push-due-targets.ts';
import { signGrownLogs } from './jobs/sign-grown-logs.ts';
import { ConsentEventTable } from './store/consent-event.table.ts';
import { ConsentStateTable } from './store/consent-state.table.ts';
import { LogCheckpointTable, LogHeadTable, LogNodeTable } from './store/log-tables.ts';
import { init } from './store/migrations/0001-init.ts';
import { rules } from './store/migrations/0003-rules.ts';
import { inbound } from './store/migrations/0005-inbound.ts';
import { ledger } from './store/migrations/0007-ledger.ts';
import { crm } from './store/migrations/0010-crm.ts';
import { retention } from './store/migrations/0011-retention.ts';
import { history } from './store/migrations/0012-history.ts';
import { rateLimit } from './store/migrations/0013-rate-limit.ts';

export const consentDefinition: PartDefinition = {
  schema: 'consent',
  tables: [ConsentEventTable, ConsentStateTable, LogNodeTable, LogHeadTable, LogCheckpointTable],
  migrations: [init, rules, inbound, ledger(logOf), crm, retention, history, rateLimit],
  appendOnly: ['consent_event', 'log_node', 'log_checkpoint', 'retention_run'],
  grants: {
    // What gate.ts reads.
    messages: [
      {
        table: 'consent_state',
        columns: [
          'tenant_id',
          'subject',
          'purpose',
          'channel',
          'regulation',
          'consent_id',
          'action',
          'method',
          'policy_version',
          'occurred_at',
          'recorded_at',
          'expires_at',
        ],
      },
      {
        table: 'suppression',
        columns: [
          'tenant_id',
          'subject',
          'region',
          'channel',
          'purpose',
          'from_at',
          'until_at',
          'lifted_at',
        ],
      },
    ],
  },
  // No resolver returns the stub: it is there for others to refer to.
  graphql: {
    resolvers: [
      ConsentResolver,
      ReceiptResolver,
      ReportResolver,
      RulesResolver,
      SuppressionResolver,
      CmpResolver,
      CrmResolver,
      ConsentChangedSubscription,
      RetentionResolver,
    ],
    orphanedTypes: [Recipient],
  },
};

/** How often the stream looks when nobody wakes it. */
const TAIL_POLL_MS = 250;
/** Changes that a slow subscriber may be behind before its stream ends with a gap. */
const TAIL_BUFFER_MAX = 1_000;

export function createConsent(deps: ConsentDeps): Part {
  const append = createAppendConsent(deps);
  const takeTokens = createTakeTokens(deps);
  const webhookSecrets = createWebhookSecrets(deps.kms);
  const { database, bus, log } = deps;
  const tail = new LiveTail({
    database,
    source: database.schema,
    bus,
    log,
    pollMs: TAIL_POLL_MS,
    bufferMax: TAIL_BUFFER_MAX,
  });
  return {
    name: consentDefinition.schema,
    contextFor: (principal): ConsentContext => {
      return {
        ...deps,
        append,
        webhookSecrets,
        principal,
        tail,
        loaders: createLoaders(deps, principal.tenantId),
      };
    },
    uploads: [eligibleBatch(deps)],
    routes: [
      cmpCallback(deps, webhookSecrets),
      cmpToken(deps, webhookSecrets),
      unsubscribePage({ ...deps, takeTokens }),
      unsubscribeDeed({ ...deps, takeTokens, append }),
    ],
    jobs: [
      signGrownLogs(deps),
      followReplies(deps),
      followMerges(deps),
      followConsents(deps),
      pushDueTargets(deps, webhookSecrets),
      eraseOutdatedRecords(deps),
      sweepBuckets(deps),
    ],
    start: () => tail.start(),
    ready: () => database.reachable(),
    close: async () => {
      await tail.stop();
      await deps.outside.close();
      await database.close();
    },
  };
}
