// Sends a code to another address of the person than the one that a secure link went to, as a message of its own.
import { visitMac } from '../../crypto/link-visit.ts';
import { publicId } from '../../schema/ids.ts';
import type { Channel } from '../../schema/vocabulary.ts';
import type { MessagesDeps } from './deps.ts';
import {
  codeChannels,
  LINK_CODE_TEMPLATE,
  linkCodeProblem,
  linkCodeTemplate,
  maskAddress,
  SAME_CODE_MS,
} from './domain/link-code.ts';
import { planOf } from './domain/decision.ts';
import { issueCodeIn } from './issue-code.ts';
import type { OpenedLink } from './open-link.ts';
import { recordAccess } from './record-access.ts';
import type { Refusal } from './refusal.ts';
import { ensureTemplate } from './store/ensure-template.ts';
import { lockVisit, saveVisit } from './store/link-visits.ts';
import { lockCodesOf } from './store/one-time-codes.ts';

export type AskedCode =
  /** `to`: the address, masked. */
  | { readonly kind: 'sent'; readonly to: string }
  /** The person has no other address that may be used. */
  | { readonly kind: 'nowhere' }
  | { readonly kind: 'too-often'; readonly waitMs: number };

/** secret: what the visitor's browser keeps; the code will be right in that browser alone. */
export async function askLinkCode(
  deps: MessagesDeps,
  link: OpenedLink,
  secret: string,
): Promise<AskedCode> {
  const { tenantId, messageId, attempt, message, facts, key } = link;
  const channels = codeChannels(attempt.channel, facts.channels);
  if (channels.length === 0) return { kind: 'nowhere' };
  const visitor = visitMac(key, { link: attempt.id, secret });
  return deps.database.transaction(tenantId, async (tx): Promise<AskedCode> => {
    // Of two clicks at once the second one sees what the first did.
    await lockCodesOf(tx, tenantId, message.recipientId);
    const now = deps.clock.now();
    const earlier = await lockVisit(tx, { tenantId, visitor });
    if (earlier !== null && now - earlier.createdAt < SAME_CODE_MS) {
      return { kind: 'sent', to: maskedAddress(link, earlier.codeChannel) };
    }
    const template = await ensureTemplate(tx, linkCodeTemplate, {
      tenantId,
      id: deps.newUuid(),
      now,
    });
    const problem = linkCodeProblem(template);
    if (problem !== null) {
      deps.log.error({ tenantId, template: LINK_CODE_TEMPLATE, problem }, 'no code for a link');
      return { kind: 'nowhere' };
    }
    const issued = await issueCodeIn(tx, deps, {
      tenantId,
      idempotencyKey: `${LINK_CODE_TEMPLATE}:${deps.newUuid()}`,
      recipientId: message.recipientId,
      templateName: LINK_CODE_TEMPLATE,
      variables: new Map(),
      reference: publicId('message', messageId),
      locale: message.locale,
      channels,
      sendAt: null,
      expiresAt: null,
    });
    if (!issued.ok) return whyNot(deps, issued.refusals);
    const { message: code, expiresAt } = issued.value;
    const codeChannel = planOf(code.decision)[0]?.channel;
    if (codeChannel === undefined) throw new Error('an accepted message has a route');
    await saveVisit(tx, {
      tenantId,
      visitor,
      messageId,
      attemptId: attempt.id,
      codeMessageId: code.id,
      codeChannel,
      verifiedAt: null,
      expiresAt,
      createdAt: now,
    });
    await recordAccess(tx, deps, link, { kind: 'CODE_SENT', codeMessageId: code.id });
    return { kind: 'sent', to: maskedAddress(link, codeChannel) };
  });
}

export function maskedAddress({ facts }: Pick<OpenedLink, 'facts'>, channel: Channel): string {
  const found = facts.channels.find((known) => known.channel === channel);
  return maskAddress(found?.address ?? '');
}

function whyNot({ log }: Pick<MessagesDeps, 'log'>, [refusal]: readonly Refusal[]): AskedCode {
  const code = refusal?.code;
  if (code === 'LIMIT_REACHED') {
    return { kind: 'too-often', waitMs: (refusal?.retryAfterSeconds ?? 0) * 1_000 };
  }
  // Of the person the page says enough; anything else somebody of the tenant has to look at.
  if (code !== 'CONSENT_REFUSED' && code !== 'NO_ROUTE') log.error({ code }, 'no code for a link');
  return { kind: 'nowhere' };
}
