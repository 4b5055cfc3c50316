// Hands one claimed attempt to its provider and records what came of it. No transaction is open meanwhile.
import { signContent } from '../../crypto/envelope-content.ts';
import { envelopeDigest, sealEnvelope, type EnvelopeHeader } from '../../crypto/envelope.ts';
import { makeLinkToken } from '../../crypto/link-token.ts';
import { makeUnsubscribeToken } from '../../crypto/unsubscribe-token.ts';
import { coalesce } from '../../platform/coalesce.ts';
import { ApiError } from '../../platform/errors.ts';
import { stillHeld, type ClaimedTask } from '../../platform/task-queue.ts';
import type { Outbound, Provider, RenderedContent, SendOutcome } from '../../providers/provider.ts';
import { publicId } from '../../schema/ids.ts';
import { applyEvents, type MessageHappening } from './apply-events.ts';
import type { ClaimedAttempt } from './claim-attempts.ts';
import { silentProviders, type MessagesDeps } from './deps.ts';
import { linkAudience } from './link-of.ts';
import { contentOn, sealedContent, type Content } from './domain/content.ts';
import { disclosed, sentencesFor } from './domain/disclosure.ts';
import { stateOf } from './domain/decision.ts';
import { receiptDeadline } from './domain/message-state.ts';
import { renderEmail } from './domain/render/email.ts';
import { renderIMessage } from './domain/render/imessage.ts';
import { renderPush } from './domain/render/push.ts';
import { renderRcs } from './domain/render/rcs.ts';
import { renderSms } from './domain/render/sms.ts';
import { primaryChannelOf } from './domain/strategy.ts';
import { contentFor } from './domain/template.ts';
import type { TemplateCache } from './store/find-template.ts';
import { lockMessages, type LoadedMessage } from './store/load-messages.ts';
import { saveEnvelopes, type SealedMessage } from './store/save-envelopes.ts';
import { messageOf } from './task-key.ts';
import type { CountOutcomes, ProviderOutcome } from './watch-lanes.ts';

const BATCH_MAX = 200;
const BATCHES_MAX = 3;
const WAITING_MAX = 10_000;
/** All messages of a worker share their commits, whatever their tenant. */
const ONE_GROUP = '';

const coalesced = { itemsMax: BATCH_MAX, batchesMax: BATCHES_MAX, waitingMax: WAITING_MAX };
const overflow = (): Error => new ApiError('UNAVAILABLE', 'The worker is overloaded.');

/** Records what happened to a task that a worker holds; says nothing when it was re-claimed in the meantime. */
export type RecordHappening = (held: {
  task: ClaimedTask;
  happening: MessageHappening;
}) => Promise<void>;

export function createRecordHappening(
  deps: MessagesDeps,
  templates: TemplateCache,
  count: CountOutcomes,
): RecordHappening {
  return coalesce({
    ...coalesced,
    overflow,
    groupOf: () => ONE_GROUP,
    run: (held) =>
      deps.database.acrossTenants(async (tx) => {
        const tasks = held.map(({ task }) => task);
        const inHand = await stillHeld(tx, 'messages', tasks);
        const mine = held.filter(({ task }) => inHand.has(task));
        const messages = await lockMessages(
          tx,
          mine.map(({ task }) => ({ tenantId: task.tenantId, messageId: messageOf(task.key) })),
        );
        const ids = [...messages.values()].map((message) => message.templateId);
        const contents = await templates.get(tx, ids);
        const happenings = mine.map(({ happening }) => happening);
        await applyEvents(tx, deps, messages, contents, happenings);
        await count(tx, outcomesOf(messages, happenings));
        return held.map(() => undefined);
      }),
  });
}

function outcomesOf(
  messages: ReadonlyMap<string, LoadedMessage>,
  happenings: readonly MessageHappening[],
): readonly ProviderOutcome[] {
  return happenings.flatMap(({ messageId, event }) => {
    if (event.kind !== 'answered') return [];
    const attempts = messages.get(messageId)?.attempts ?? [];
    const attempt = attempts.find(({ id }) => id === event.attemptId);
    return attempt === undefined
      ? []
      : [{ provider: attempt.route.provider, outcome: event.outcome }];
  });
}

/** Keeps an envelope before the provider learns of it, so that its link never leads nowhere. */
type KeepEnvelope = (envelope: SealedMessage) => Promise<void>;

export function createKeepEnvelope(deps: MessagesDeps): KeepEnvelope {
  return coalesce({
    ...coalesced,
    overflow,
    groupOf: () => ONE_GROUP,
    run: (envelopes) =>
      deps.database.acrossTenants(async (tx) => {
        await saveEnvelopes(tx, envelopes);
        return envelopes.map(() => undefined);
      }),
  });
}

export interface SendTools {
  readonly provider: Provider;
  readonly keepEnvelope: KeepEnvelope;
}

/** What came of it. Never throws: what fails on our side ends the message and is logged. */
export async function handOver(
  deps: MessagesDeps,
  { provider, keepEnvelope }: SendTools,
  claimed: ClaimedAttempt,
): Promise<MessageHappening> {
  const { message, attempt } = claimed;
  const repeatable = provider.duplicates === 'client-key';
  try {
    const { outbound, digest, addressId } = await prepare(deps, claimed, keepEnvelope);
    if (isTooOld(deps, claimed)) {
      deps.log.warn({ messageId: message.id, attemptId: attempt.id }, 'attempt withheld');
      return { messageId: message.id, event: { kind: 'withheld', attemptId: attempt.id } };
    }
    const outcome = await provider.send(outbound, deps.settings.providerTimeoutMs);
    deps.log.debug(
      { messageId: message.id, attemptId: attempt.id, outcome: outcome.kind },
      'attempt answered',
    );
    return {
      messageId: message.id,
      event: { kind: 'answered', attemptId: attempt.id, outcome, repeatable },
      evidence: { ...evidenceOf(outcome), envelopeDigest: digest, addressId },
    };
  } catch (error) {
    deps.log.error(
      { err: error, messageId: message.id, attemptId: attempt.id },
      'attempt not sent',
    );
    return { messageId: message.id, event: { kind: 'broken', attemptId: attempt.id } };
  }
}

/** A process that stood still, or waited long for the database, does not know what happened meanwhile: consent may be
 *  withdrawn, another worker may have gone on to another route. What it learnt at the claim is good for as long as a
 *  provider may take. */
function isTooOld(
  { clock, settings }: Pick<MessagesDeps, 'clock' | 'settings'>,
  { claimedAt }: ClaimedAttempt,
): boolean {
  return clock.now() - claimedAt > settings.providerTimeoutMs;
}

/** Never throws: where it fails, the lease runs out and the attempt is claimed again. A lost record is a lost answer. */
export async function recordOutcome(
  { log }: Pick<MessagesDeps, 'log'>,
  record: RecordHappening,
  { task }: ClaimedAttempt,
  happening: MessageHappening,
): Promise<void> {
  try {
    await record({ task, happening });
  } catch (error) {
    log.error({ err: error, messageId: task.key }, 'outcome not recorded');
  }
}

function evidenceOf(outcome: SendOutcome): { providerCode?: string; providerMessageId?: string } {
  switch (outcome.kind) {
    case 'accepted':
      return { providerMessageId: outcome.providerMessageId };
    case 'refused':
      return { providerCode: outcome.providerCode };
    case 'unknown':
      return {};
  }
}

async function prepare(
  deps: MessagesDeps,
  claimed: ClaimedAttempt,
  keepEnvelope: KeepEnvelope,
): Promise<{ outbound: Outbound; digest: string | null; addressId: string | null }> {
  const { message, attempt, template, policy, facts, variables } = claimed;
  const { channel, protection } = attempt.route;
  const known = facts.channels.find((one) => one.channel === channel);
  const address = known?.address ?? null;
  if (known === undefined || address === null) throw new Error('the channel has no address');
  const digest = protection === 'ENVELOPE' ? await seal(deps, claimed, keepEnvelope) : null;
  const needsLink = protection === 'ENVELOPE' || protection === 'LINK_ONLY';
  const link = needsLink ? await linkOf(deps, claimed) : '';
  const of = { template: template.content, variables, locale: message.locale, link };
  const sentences = sentencesFor(policy.disclosures, {
    region: facts.region,
    channel,
    purpose: template.content.purpose,
    locale: contentFor(template.content, message.locale).locale,
  });
  const content = disclosed(contentOn(protection, of), sentences);
  const now = deps.clock.now();
  const deadline = receiptDeadline(stateOf(message, template.content, policy), attempt.route, {
    now,
    silent: silentProviders(deps.providers),
  });
  return {
    digest,
    addressId: known.addressId,
    outbound: {
      attemptId: attempt.id,
      messageId: publicId('message', message.id),
      tenantId: message.tenantId,
      to: address,
      type: template.content.type,
      content: render(claimed, content, await unsubscribeUrlOf(deps, claimed)),
      primaryChannel: primaryChannelOf(message.decision),
      ttlSeconds: Math.max(1, Math.ceil((deadline - now) / 1_000)),
    },
  };
}

/** The channels of which a provider exists are the ones that can be rendered. */
function render(
  { message, attempt, template }: ClaimedAttempt,
  content: Content,
  unsubscribeUrl: string | null,
): RenderedContent {
  switch (attempt.route.channel) {
    case 'RCS':
      return renderRcs(content, publicId('message', message.id));
    case 'SMS':
      return renderSms(content);
    case 'EMAIL': {
      const { locale } = contentFor(template.content, message.locale);
      return renderEmail(content, { locale, unsubscribeUrl });
    }
    case 'PUSH':
      return renderPush(content, { isSealed: attempt.route.protection === 'ENVELOPE' });
    case 'IMESSAGE':
      return renderIMessage(content, publicId('message', message.id));
    case 'LINK':
      throw new Error(`no renderer for ${attempt.route.channel}`);
  }
}

async function seal(
  deps: MessagesDeps,
  { message, template, facts, variables }: ClaimedAttempt,
  keepEnvelope: KeepEnvelope,
): Promise<string> {
  const header: EnvelopeHeader = {
    iss: message.tenantId,
    sub: publicId('recipient', message.recipientId),
    jti: publicId('message', message.id),
    iat: Math.floor(deps.clock.now() / 1_000),
    exp: Math.ceil(message.expiresAt / 1_000),
    tpl: template.name,
    tplv: template.version,
  };
  const inside = sealedContent(template.content, variables, message.locale);
  const content = await signContent(deps.kms, header, inside);
  const jwe = await sealEnvelope({ header, content, devices: facts.devices });
  const { tenantId, id: messageId, expiresAt } = message;
  await keepEnvelope({ tenantId, messageId, jwe, expiresAt });
  return envelopeDigest(jwe);
}

async function linkOf(deps: MessagesDeps, { message, attempt }: ClaimedAttempt): Promise<string> {
  const { key } = await deps.kms.macKey({ tenant: message.tenantId, use: 'link' });
  const token = makeLinkToken(key, {
    messageId: publicId('message', message.id),
    audience: linkAudience({ recipientId: message.recipientId, attemptId: attempt.id }),
    expiresAt: message.expiresAt,
  });
  return `${deps.settings.linkBaseUrl}/l/${token}`;
}

/** Of an email that nobody needs: one click ends them. Null for all others. */
async function unsubscribeUrlOf(
  deps: MessagesDeps,
  { message, attempt, template }: ClaimedAttempt,
): Promise<string | null> {
  if (attempt.route.channel !== 'EMAIL' || template.content.purpose !== 'MARKETING') return null;
  const { key } = await deps.kms.macKey({ tenant: message.tenantId, use: 'link' });
  const recipient = publicId('recipient', message.recipientId);
  const token = makeUnsubscribeToken(key, recipient, deps.clock.now());
  return `${deps.settings.linkBaseUrl}/u/${message.tenantId}/${token}`;
}
