// What must hold when everything has healed and all is quiet: nothing lost, nothing unsaid.
import { MessageStatus } from '../../schema/vocabulary.ts';
import { statusOf } from '../../subgraphs/delivery/domain/receipt-status.ts';
import type { Carrier, Report } from './carrier.ts';
import { attemptsOf } from './store/message-statements.ts';
import { keyOf } from './store/statement.ts';
import type { AttemptRow, MessageRow, Store } from './store/store.ts';
import { TENANT, Violation } from './violation.ts';

export interface Evidence {
  readonly store: Store;
  readonly carriers: readonly Carrier[];
  /** By message. */
  readonly statuses: ReadonlyMap<string, MessageStatus>;
  /** Reports that carriers were told are kept. */
  readonly kept: readonly Report[];
  /** Messages that clients were told of, by idempotency key. */
  readonly acknowledged: ReadonlyMap<string, string>;
}

const RANK: readonly MessageStatus[] = Object.values(MessageStatus);
const UNREACHED: readonly MessageStatus[] = ['EXPIRED', 'UNDELIVERABLE', 'FAILED'];

export const isBelow = (a: MessageStatus, b: MessageStatus): boolean =>
  RANK.indexOf(a) < RANK.indexOf(b);

/** P1, and that whatever was acknowledged to anybody is there. */
export function checkEnd(evidence: Evidence): void {
  const { store, statuses, acknowledged, kept } = evidence;
  for (const message of store.messages.all()) {
    checkMessage(store, message, statuses.get(message.id));
    for (const attempt of attemptsOf(store, message.id)) checkMark(store, attempt);
  }
  for (const [key, messageId] of acknowledged) {
    if (store.messages.get(keyOf(TENANT, messageId)) === undefined) {
      throw new Violation(messageId, `what was acknowledged for ${key} is lost`);
    }
  }
  for (const report of kept) checkKept(evidence, report);
  checkCallbacks(evidence);
}

function checkMessage(store: Store, message: MessageRow, status: MessageStatus | undefined): void {
  const { id, phase, endStatus } = message;
  if (phase === 'ACTIVE') throw new Violation(id, 'it never ended');
  if (status === undefined) throw new Violation(id, 'it has no status');
  const least = endStatus ?? 'DELIVERED';
  if (isBelow(status, least)) {
    throw new Violation(id, `its status is ${status}, and it ended as ${least}`);
  }
  checkFollowUp(store, message, status);
}

/** Who was not reached is on the list, and who was reached after all is off it. */
function checkFollowUp(
  store: Store,
  { tenantId, id, endStatus }: MessageRow,
  status: MessageStatus,
): void {
  const item = store.followUps.get(keyOf(tenantId, id));
  const isReached = status === 'DELIVERED' || status === 'READ';
  if (isReached && item?.resolution === null) {
    throw new Violation(id, 'it reached its person, and is still on the follow-up list');
  }
  if (!isReached && endStatus !== null && UNREACHED.includes(endStatus) && item === undefined) {
    throw new Violation(id, `it ended as ${endStatus}, and is not on the follow-up list`);
  }
}

/** A possible duplicate is marked: whoever sends on after a lost answer says so on the timeline. */
function checkMark(store: Store, { id, messageId, state }: AttemptRow): void {
  if (state !== 'OUTCOME_UNKNOWN') return;
  if (store.timeline.get(keyOf(TENANT, `${id}:OUTCOME_UNKNOWN`)) === undefined) {
    throw new Violation(messageId, 'an unknown outcome is not on the timeline');
  }
}

/** A callback that was answered with success has its effect. */
function checkKept(
  { store, statuses }: Evidence,
  { attemptId, providerMessageId, type }: Report,
): void {
  const attempt = store.attempts
    .all()
    .find((one) => one.id === attemptId || one.providerMessageId === providerMessageId);
  const told = statusOf({ type, endStatus: null });
  if (attempt === undefined || told === null) return;
  const status = statuses.get(attempt.messageId) ?? 'ACCEPTED';
  if (isBelow(status, told)) {
    const sentence = `its carrier reported ${type}, and its status is ${status}`;
    throw new Violation(attempt.messageId, sentence);
  }
}

/** A report that names a message by an id which was lost with the carrier's answer never finds its attempt. */
function checkCallbacks({ store, carriers }: Evidence): void {
  const naming = carriers.filter(({ kind }) => kind.receiptsName === 'attempt');
  const unsettled = store.callbacks
    .all()
    .filter(({ provider }) => naming.some(({ kind }) => kind.id === provider))
    .find(({ state }) => state !== 'MATCHED');
  if (unsettled !== undefined) {
    throw new Violation(null, `a kept callback is ${unsettled.state} at the end`);
  }
}
