// Tries the code of a secure link. A right one opens the message to the browser that asked for it: that is the click.
import { drawVisitor, visitMac } from '../../crypto/link-visit.ts';
import type { Transaction } from '../../platform/database.ts';
import { lockTasks } from '../../platform/task-queue.ts';
import { applyEvents, type MessageHappening } from './apply-events.ts';
import type { LinkDeps } from './deps.ts';
import { OPEN_MS } from './domain/link-code.ts';
import type { OpenedLink } from './open-link.ts';
import { recordAccess } from './record-access.ts';
import { lockVisit, removeVisit, saveVisit, type LinkVisit } from './store/link-visits.ts';
import { lockMessages } from './store/load-messages.ts';
import { verifyCodeIn } from './verify-code.ts';

export type TriedCode =
  /** `secret`: what the browser keeps from now on; what it kept before opens nothing. */
  | { readonly kind: 'opened'; readonly secret: string }
  | { readonly kind: 'wrong'; readonly triesLeft: number }
  /** No code was asked for in this browser, or it is not good any more. */
  | { readonly kind: 'over' };

export async function tryLinkCode(
  deps: LinkDeps,
  link: OpenedLink,
  tried: { readonly secret: string; readonly code: string },
): Promise<TriedCode> {
  const { tenantId, attempt, key } = link;
  const visitor = visitMac(key, { link: attempt.id, secret: tried.secret });
  return deps.database.transaction(tenantId, async (tx): Promise<TriedCode> => {
    const visit = await lockVisit(tx, { tenantId, visitor });
    if (visit === null || visit.verifiedAt !== null) return { kind: 'over' };
    const { codeMessageId } = visit;
    const { code } = tried;
    const verified = await verifyCodeIn(tx, deps, { tenantId, messageId: codeMessageId, code });
    if (verified?.verdict !== 'VERIFIED') {
      await recordAccess(tx, deps, link, { kind: 'CODE_REFUSED', codeMessageId });
      return verified?.verdict === 'WRONG' && verified.triesLeft > 0
        ? { kind: 'wrong', triesLeft: verified.triesLeft }
        : { kind: 'over' };
    }
    await recordAccess(tx, deps, link, { kind: 'OPENED', codeMessageId });
    await settle(tx, deps, link);
    return { kind: 'opened', secret: await reopen(tx, deps, link, visit) };
  });
}

/** Whoever opened it has it: nothing more is tried, whether or not the carrier ever said that it arrived. */
async function settle(
  tx: Transaction,
  deps: LinkDeps,
  { tenantId, messageId, attempt }: OpenedLink,
): Promise<void> {
  await lockTasks(tx, 'messages', [{ tenantId, key: messageId }]);
  const messages = await lockMessages(tx, [{ tenantId, messageId }]);
  const contents = await deps.templates.get(
    tx,
    [...messages.values()].map(({ templateId }) => templateId),
  );
  const click: MessageHappening = {
    messageId,
    event: { kind: 'received', attemptId: attempt.id, type: 'CLICKED', failureCode: null },
  };
  await applyEvents(tx, deps, messages, contents, [click]);
}

/** A visitor with a right code gets another secret: one that was planted or seen before is worth nothing. */
async function reopen(
  tx: Transaction,
  { clock }: LinkDeps,
  { tenantId, attempt, key, expiresAt }: OpenedLink,
  visit: LinkVisit,
): Promise<string> {
  const now = clock.now();
  const secret = drawVisitor();
  await removeVisit(tx, visit);
  await saveVisit(tx, {
    ...visit,
    tenantId,
    visitor: visitMac(key, { link: attempt.id, secret }),
    verifiedAt: now,
    expiresAt: Math.min(now + OPEN_MS, expiresAt),
    createdAt: now,
  });
  return secret;
}
