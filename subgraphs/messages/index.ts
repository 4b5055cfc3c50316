// The messages subgraph: templates, negotiation, and sending with fallback.
import { LOG_COLUMNS } from '../../platform/event-log.ts';
import { LiveTail } from '../../platform/live-tail.ts';
import type { Part, PartDefinition } from '../../platform/part.ts';
import { createTakeTokens, sweepBuckets } from '../../platform/rate-limit.ts';
import { createAcceptMessage } from './accept-message.ts';
import type { MessagesContext } from './context.ts';
import type { MessagesDeps } from './deps.ts';
import { CampaignResolver, MessageCampaignResolver } from './graphql/campaign.resolver.ts';
import { CampaignSubscription } from './graphql/campaign.subscription.ts';
import { CodeResolver } from './graphql/code.resolver.ts';
import { DecisionRecordResolver, RouteCandidateResolver } from './graphql/decision.resolver.ts';
import { ExplanationResolver } from './graphql/explanation.resolver.ts';
import { FollowUpResolver, MessageFollowUpResolver } from './graphql/follow-up.resolver.ts';
import { FollowUpSubscription } from './graphql/follow-up.subscription.ts';
import { LinkAccessResolver, MessageLinkResolver } from './graphql/link.resolver.ts';
import { createLoaders } from './graphql/loaders.ts';
import {
  AttemptResolver,
  MessageResolver,
  RecipientMessagesResolver,
} from './graphql/message.resolver.ts';
import { PolicyResolver } from './graphql/policy.resolver.ts';
import { PreviewResolver } from './graphql/preview.resolver.ts';
import { campaignReference, messageReference, templateReference } from './graphql/references.ts';
import { RegistrationResolver } from './graphql/registration.resolver.ts';
import { RetentionResolver } from './graphql/retention.resolver.ts';
import { TemplateResolver } from './graphql/template.resolver.ts';
import { publicKeys } from './http/public-keys.ts';
import { secureLink, secureLinkDeed } from './http/secure-link.ts';
import { countFollowUps } from './jobs/count-follow-ups.ts';
import { eraseOutdatedRecords } from './jobs/erase-outdated.ts';
import { expireWaits } from './jobs/expire-waits.ts';
import { followCampaignOutcomes } from './jobs/follow-campaign-outcomes.ts';
import { followReceipts } from './jobs/follow-receipts.ts';
import { leaveStrandedLanes } from './jobs/leave-stranded-lanes.ts';
import { sendDueAttempts } from './jobs/send-due-attempts.ts';
import { walkCampaigns } from './jobs/walk-campaigns.ts';
import { createRecordHappening } from './send-attempt.ts';
import { createShowLane } from './show-lanes.ts';
import { AttemptTable } from './store/attempt.table.ts';
import { EnvelopeTable } from './store/envelope.table.ts';
import { TemplateCache } from './store/find-template.ts';
import { LinkAccessTable } from './store/link-access.table.ts';
import { MessageTable } from './store/message.table.ts';
import { init } from './store/migrations/0001-init.ts';
import { schedule } from './store/migrations/0002-schedule.ts';
import { lanes } from './store/migrations/0003-lanes.ts';
import { templateMoves } from './store/migrations/0004-template-moves.ts';
import { oneTimeCode } from './store/migrations/0005-one-time-code.ts';
import { policy } from './store/migrations/0006-policy.ts';
import { campaigns } from './store/migrations/0007-campaigns.ts';
import { secureLink as secureLinkTables } from './store/migrations/0008-secure-link.ts';
import { followUp } from './store/migrations/0009-follow-up.ts';
import { lines } from './store/migrations/0010-lines.ts';
import { PolicyTable } from './store/policy.table.ts';
import { TemplateMoveTable } from './store/template-move.table.ts';
import { TemplateRegistrationTable } from './store/template-registration.table.ts';
import { TemplateTable } from './store/template.table.ts';
import { createCountOutcomes } from './watch-lanes.ts';

export const messagesDefinition: PartDefinition = {
  schema: 'messages',
  tables: [
    TemplateTable,
    TemplateMoveTable,
    TemplateRegistrationTable,
    PolicyTable,
    MessageTable,
    AttemptTable,
    EnvelopeTable,
    LinkAccessTable,
  ],
  migrations: [
    init,
    schedule,
    lanes,
    templateMoves,
    oneTimeCode,
    policy,
    campaigns,
    secureLinkTables,
    followUp,
    lines,
  ],
  appendOnly: ['template_move', 'policy', 'link_access', 'retention_run'],
  // The delivery subgraph follows what we did.
  grants: {
    delivery: [
      {
        table: 'event',
        columns: LOG_COLUMNS,
      },
    ],
  },
  graphql: {
    resolvers: [
      TemplateResolver,
      PreviewResolver,
      RegistrationResolver,
      MessageResolver,
      ExplanationResolver,
      CodeResolver,
      FollowUpResolver,
      MessageFollowUpResolver,
      FollowUpSubscription,
      AttemptResolver,
      RouteCandidateResolver,
      DecisionRecordResolver,
      PolicyResolver,
      RecipientMessagesResolver,
      CampaignResolver,
      MessageCampaignResolver,
      CampaignSubscription,
      MessageLinkResolver,
      LinkAccessResolver,
      RetentionResolver,
    ],
    references: {
      Message: messageReference,
      Template: templateReference,
      Campaign: campaignReference,
    },
  },
};

/** Changes that a slow subscriber may be behind before its stream ends with a gap. */
const TAIL_BUFFER_MAX = 1_000;

export function createMessages(deps: MessagesDeps): Part {
  const templates = new TemplateCache();
  const record = createRecordHappening(deps, templates, createCountOutcomes(deps));
  const show = createShowLane(deps.metrics, [...deps.providers.values()]);
  const acceptMessage = createAcceptMessage(deps);
  const { database, bus, log } = deps;
  const { pollMs } = deps.settings;
  const source = database.schema;
  const tail = new LiveTail({ database, source, bus, log, pollMs, bufferMax: TAIL_BUFFER_MAX });
  const door = { ...deps, templates, takeTokens: createTakeTokens(deps) };
  return {
    name: 'messages',
    contextFor: (principal): MessagesContext => ({
      ...deps,
      principal,
      acceptMessage,
      templates,
      tail,
      loaders: createLoaders(deps.database, principal.tenantId),
    }),
    routes: [secureLink(door), secureLinkDeed(door), publicKeys(deps)],
    jobs: [
      ...[...deps.providers.values()].map((provider) =>
        sendDueAttempts(deps, templates, record, show, provider),
      ),
      expireWaits(deps, record),
      followReceipts(deps, templates),
      leaveStrandedLanes(deps, templates),
      countFollowUps(deps),
      walkCampaigns(deps, templates),
      followCampaignOutcomes(deps),
      eraseOutdatedRecords(deps),
      sweepBuckets(deps),
    ],
    start: () => tail.start(),
    ready: () => database.reachable(),
    close: async () => {
      await tail.stop();
      await database.close();
    },
  };
}
