// Claims due attempts and asks again, inside the claiming transaction, whether they may be sent.
import type { Transaction } from '../../platform/database.ts';
import type { ClaimedTask } from '../../platform/task-queue.ts';
import type { Provider } from '../../providers/provider.ts';
import { applyEvents, type MessageHappening } from './apply-events.ts';
import type { MessagesDeps } from './deps.ts';
import type { Attempt } from './domain/message-state.ts';
import { stillAllowed, type Negotiation } from './domain/negotiation.ts';
import type { Policy } from './domain/policy.ts';
import type { Variables } from './domain/template.ts';
import { openVariables } from './message-variables.ts';
import type { RecipientFacts } from './ports.ts';
import type { StoredTemplate, TemplateCache } from './store/find-template.ts';
import { lockMessages, type LoadedMessage } from './store/load-messages.ts';
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

/** What is known of one claimed message; `facts` is missing when the person was erased. */
interface Known {
  readonly message: LoadedMessage;
  readonly template: StoredTemplate;
  readonly policy: Policy;
  readonly facts: RecipientFacts | undefined;
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
  const keys = tasks.map((task) => ({ tenantId: task.tenantId, messageId: task.key }));
  const messages = await lockMessages(tx, keys);
  const ids = [...messages.values()].map((message) => message.templateId);
  const contents = await templates.get(tx, ids);
  const facts = await factsOf(tx, deps, [...messages.values()]);
  const tenantIds = [...messages.values()].map((message) => message.tenantId);
  const policyOf = await deps.policies.of(tx, tenantIds);
  const known = [...messages.values()].flatMap((message): Known[] => {
    const template = contents.get(message.templateId);
    if (template === undefined) return [];
    return [
      { message, template, policy: policyOf(message.tenantId), facts: facts.get(message.id) },
    ];
  });
  const weighed = await weighAgain(tx, deps, known);
  const repeatable = provider.duplicates === 'client-key';
  const happenings = known.map(({ message }): MessageHappening => {
    if (weighed.get(message.id) === 'unreadable') {
      return { messageId: message.id, event: { kind: 'broken' } };
    }
    const route = message.attempts.at(-1)?.route;
    const weighing = readable(weighed.get(message.id));
    const permitted =
      route !== undefined &&
      weighing !== undefined &&
      stillAllowed(route, weighing.negotiation, weighing.policy);
    const permission = route && weighing?.negotiation.permissions.get(route.channel);
    return {
      messageId: message.id,
      event: { kind: 'claimed', permitted, repeatable },
      evidence: { consentId: permission?.consentId ?? null },
    };
  });
  const submissions = await applyEvents(tx, deps, messages, contents, happenings);
  const taskOf = new Map(tasks.map((task) => [task.key, task]));
  return submissions.flatMap(({ message, attempt }): ClaimedAttempt[] => {
    const task = taskOf.get(message.id);
    const template = contents.get(message.templateId);
    const weighing = readable(weighed.get(message.id));
    return task === undefined || template === undefined || weighing === undefined
      ? []
      : [
          {
            task,
            message,
            attempt,
            template,
            policy: weighing.policy,
            facts: weighing.facts,
            variables: weighing.variables,
            claimedAt,
          },
        ];
  });
}

/** Facts by message id. One round of statements for each tenant in the batch: facts belong to one tenant. */
export async function factsOf(
  tx: Transaction,
  deps: Pick<MessagesDeps, 'ports'>,
  messages: readonly LoadedMessage[],
): Promise<ReadonlyMap<string, RecipientFacts>> {
  const byMessage = new Map<string, RecipientFacts>();
  for (const [tenantId, ofTenant] of Map.groupBy(messages, (message) => message.tenantId)) {
    const ids = [...new Set(ofTenant.map((message) => message.recipientId))];
    const facts = await deps.ports.recipientFacts(tx, tenantId, ids);
    for (const message of ofTenant) {
      const known = facts.get(message.recipientId);
      if (known !== undefined) byMessage.set(message.id, known);
    }
  }
  return byMessage;
}

interface Weighed {
  readonly policy: Policy;
  readonly negotiation: Negotiation;
  readonly facts: RecipientFacts;
  readonly variables: Variables;
}

const readable = (weighed: Weighed | 'unreadable' | undefined): Weighed | undefined =>
  weighed === 'unreadable' ? undefined : weighed;

/** By message id. Messages whose recipient is gone are missing, and so not permitted; one whose variables do not open
 *  is `unreadable`, so that it ends instead of coming back for ever. */
async function weighAgain(
  tx: Transaction,
  deps: MessagesDeps,
  known: readonly Known[],
): Promise<ReadonlyMap<string, Weighed | 'unreadable'>> {
  const weighed = new Map<string, Weighed | 'unreadable'>();
  const reachable = known.flatMap(({ message, template, policy, facts }) => {
    if (facts === undefined) return [];
    const variables = variablesOf(deps, message, facts);
    if (variables === null) {
      weighed.set(message.id, 'unreadable');
      return [];
    }
    const channel = message.attempts.at(-1)?.route.channel;
    const channels = channel === undefined ? [] : [channel];
    // Its lane has let it through, and where it is ranked does not matter any more.
    const unavailable = new Set<string>();
    const { tenantId } = message;
    return [
      {
        message,
        weighing: {
          tenantId,
          facts,
          template: template.content,
          variables,
          channels,
          policy,
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
      now: deps.clock.now(),
    },
  );
  reachable.forEach(({ message, weighing: { policy, facts, variables } }, index) => {
    const negotiation = negotiations[index];
    if (negotiation !== undefined)
      weighed.set(message.id, { negotiation, policy, facts, variables });
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
