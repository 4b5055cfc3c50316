// Claims due attempts and asks again, inside the claiming transaction, whether they may be sent.
import type { Transaction } from '../../platform/database.ts';
import type { ClaimedTask } from '../../platform/task-queue.ts';
import type { Provider } from '../../providers/provider.ts';
import { applyEvents, type MessageHappening } from './apply-events.ts';
import type { MessagesDeps } from './deps.ts';
import type { Attempt } from './domain/message-state.ts';
import { stillAllowed, type Negotiation } from './domain/negotiation.ts';
import type { Policy } from './domain/policy.ts';
import { sendableFrom } from './domain/send-hours.ts';
import type { Variables } from './domain/template.ts';
import { factsOf, type KnownFacts } from './facts-of.ts';
import { openVariables } from './message-variables.ts';
import type { RecipientFacts } from './ports.ts';
import type { StoredTemplate, TemplateCache } from './store/find-template.ts';
import { lockMessages, type LoadedMessage } from './store/load-messages.ts';
import { attemptOf, messageOf } from './task-key.ts';
import { channelProviders, weighRoutes } from './weigh-routes.ts';

/** All that handing over needs. */
export interface ClaimedAttempt {
  readonly task: ClaimedTask;
  readonly message: LoadedMessage;
  readonly attempt: Attempt;
  readonly template: StoredTemplate;
  readonly policy: Policy;
  readonly facts: RecipientFacts;
  readonly variables: Variables;
  /** Not later than consent was asked. Milliseconds since 1970. */
  readonly claimedAt: number;
}

/** What is known of one claimed task; `facts` is missing when the person was erased. */
interface Known {
  readonly task: ClaimedTask;
  readonly attempt: Attempt;
  readonly message: LoadedMessage;
  readonly template: StoredTemplate;
  readonly policy: Policy;
  readonly facts: KnownFacts | undefined;
}

/** About ten statements for any number of tasks of one provider's lane, claimed in this transaction. */
export async function claimAttempts(
  tx: Transaction,
  deps: MessagesDeps,
  templates: TemplateCache,
  { provider, tasks }: { provider: Provider; tasks: readonly ClaimedTask[] },
): Promise<readonly ClaimedAttempt[]> {
  if (tasks.length === 0) return [];
  const claimedAt = deps.clock.now();
  const keys = tasks.map(({ tenantId, key }) => ({ tenantId, messageId: messageOf(key) }));
  const messages = await lockMessages(tx, keys);
  const ids = [...messages.values()].map((message) => message.templateId);
  const contents = await templates.get(tx, ids);
  const facts = await factsOf(tx, deps, [...messages.values()]);
  const tenantIds = [...messages.values()].map((message) => message.tenantId);
  const policyOf = await deps.policies.of(tx, tenantIds);
  const known = tasks.flatMap((task): Known[] => {
    const message = messages.get(messageOf(task.key));
    const template = contents.get(message?.templateId ?? '');
    const attempt = message === undefined ? null : attemptOf(message, task.key);
    if (message === undefined || template === undefined || attempt === null) return [];
    const policy = policyOf(message.tenantId);
    return [{ task, attempt, message, template, policy, facts: facts.get(message.id) }];
  });
  const weighed = await weighAgain(tx, deps, known);
  const repeatable = provider.duplicates === 'client-key';
  const happenings = known.map(
    ({ message, attempt: { id: attemptId, route } }): MessageHappening => {
      if (weighed.get(attemptId) === 'unreadable') {
        return { messageId: message.id, event: { kind: 'broken', attemptId } };
      }
      const weighing = readable(weighed.get(attemptId));
      const permitted =
        weighing !== undefined && stillAllowed(route, weighing.negotiation, weighing.policy);
      const permission = weighing?.negotiation.permissions.get(route.channel);
      return {
        messageId: message.id,
        event: { kind: 'claimed', attemptId, permitted, repeatable, waitMs: weighing?.waitMs ?? 0 },
        evidence: { consentId: permission?.consentId ?? null },
      };
    },
  );
  const submissions = await applyEvents(tx, deps, messages, contents, happenings);
  const knownOf = new Map(known.map((one) => [one.attempt.id, one]));
  return submissions.flatMap(({ message, attempt }): ClaimedAttempt[] => {
    const { task, template } = knownOf.get(attempt.id) ?? {};
    const weighing = readable(weighed.get(attempt.id));
    if (task === undefined || template === undefined || weighing === undefined) return [];
    const { policy, facts: person, variables } = weighing;
    return [{ task, message, attempt, template, policy, facts: person, variables, claimedAt }];
  });
}

interface Weighed {
  readonly policy: Policy;
  /** For how long marketing waits for its hours. */
  readonly waitMs: number;
  readonly negotiation: Negotiation;
  readonly facts: RecipientFacts;
  readonly variables: Variables;
}

const readable = (weighed: Weighed | 'unreadable' | undefined): Weighed | undefined =>
  weighed === 'unreadable' ? undefined : weighed;

/** By attempt id. Those whose recipient is gone are missing, and so not permitted; one whose variables or whose
 *  recipient do not open is `unreadable`, so that it ends instead of coming back for ever. */
async function weighAgain(
  tx: Transaction,
  deps: MessagesDeps,
  known: readonly Known[],
): Promise<ReadonlyMap<string, Weighed | 'unreadable'>> {
  const weighed = new Map<string, Weighed | 'unreadable'>();
  const now = deps.clock.now();
  const reachable = known.flatMap(({ attempt, message, template, policy, facts }) => {
    if (facts === undefined) return [];
    if (facts === 'unreadable') {
      weighed.set(attempt.id, facts);
      return [];
    }
    const variables = variablesOf(deps, message, facts);
    if (variables === null) {
      weighed.set(attempt.id, 'unreadable');
      return [];
    }
    const channels = [attempt.route.channel];
    // Its lane has let it through, and where it is ranked does not matter any more.
    const unavailable = new Set<string>();
    const { tenantId, expiresAt } = message;
    const sendableAt = sendableFrom(template.content, facts, policy, { at: now, expiresAt });
    return [
      {
        attemptId: attempt.id,
        waitMs: sendableAt === null ? 0 : sendableAt - now,
        weighing: {
          tenantId,
          facts,
          template: template.content,
          variables,
          channels,
          policy,
          inQuietHours: sendableAt === null,
          unavailable,
        },
      },
    ];
  });
  const negotiations = await weighRoutes(
    tx,
    reachable.map(({ weighing }) => weighing),
    {
      consent: deps.ports.consent,
      providers: channelProviders(deps.providers),
      now,
    },
  );
  reachable.forEach(({ attemptId, waitMs, weighing: { policy, facts, variables } }, index) => {
    const negotiation = negotiations[index];
    if (negotiation !== undefined)
      weighed.set(attemptId, { negotiation, policy, waitMs, facts, variables });
  });
  return weighed;
}

function variablesOf(
  { log }: Pick<MessagesDeps, 'log'>,
  message: LoadedMessage,
  facts: RecipientFacts,
): Variables | null {
  const { tenantId, id: messageId, recipientId } = message;
  try {
    const owner = { tenantId, messageId, recipientId, dataKey: facts.dataKey };
    return openVariables(message.variablesSealed, owner);
  } catch (error) {
    log.error({ err: error, messageId }, 'message unreadable');
    return null;
  }
}
