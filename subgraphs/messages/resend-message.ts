// Sends a message of the follow-up list again: the same template version and values, decided anew with what holds today.
import type { Transaction } from '../../platform/database.ts';
import { storeMessages, type AcceptedMessage } from './accept-message.ts';
import type { MessagesDeps } from './deps.ts';
import { draftMessages, loadGround, type AcceptRequest } from './draft-message.ts';
import type { Variables } from './domain/template.ts';
import { tellFollowUps } from './keep-follow-ups.ts';
import { openVariables } from './message-variables.ts';
import { refuse, refuseOne, type Result } from './refusal.ts';
import { findByIdempotencyKeys, findMessage } from './store/find-messages.ts';
import { findApprovedVersion, type StoredTemplate } from './store/find-template.ts';
import { lockFollowUp, markResent, type FollowUpRow } from './store/follow-ups.ts';
import type { MessageRow } from './store/message.table.ts';

export interface ResendRequest {
  readonly tenantId: string;
  /** UUID of the message that did not arrive; null where the given id is none. */
  readonly messageId: string | null;
  readonly idempotencyKey: string;
  /** Who asks. */
  readonly by: string;
}

export type ResendResult = Result<{ message: AcceptedMessage; replayed: boolean }>;

/** Its place on the list is locked first: of twins, and of a delivery that comes meanwhile, one is first. */
export async function resendMessage(
  deps: MessagesDeps,
  { tenantId, messageId, idempotencyKey, by }: ResendRequest,
): Promise<ResendResult> {
  if (messageId === null) return noMessage();
  return deps.database.transaction(tenantId, async (tx): Promise<ResendResult> => {
    const item = await lockFollowUp(tx, tenantId, messageId);
    const used = await findByIdempotencyKeys(tx, tenantId, [idempotencyKey]);
    const earlier = used.get(idempotencyKey);
    if (earlier !== undefined) {
      return earlier.id === item?.resentAs
        ? { ok: true, value: { message: earlier, replayed: true } }
        : keyReused();
    }
    const original = await findMessage(tx, tenantId, messageId);
    if (original === null) return noMessage();
    const template = await findApprovedVersion(tx, tenantId, original.templateId);
    const held = whyNot(original, item, template);
    if (held !== null || item === null || template === null) return held ?? noMessage();
    const draft = await draftAgain(tx, deps, { original, template, idempotencyKey });
    if ('ok' in draft) return draft;
    const message = (await storeMessages(tx, deps, tenantId, [draft])).get(idempotencyKey)?.message;
    // Another transaction took the key and is not to be seen yet.
    if (message === undefined) return keyReused();
    const resent = { resentAs: message.id, by, now: deps.clock.now() };
    await tellFollowUps(tx, deps, await markResent(tx, item, resent));
    return { ok: true, value: { message, replayed: false } };
  });
}

/** Null where nothing speaks against it. */
function whyNot(
  { phase }: MessageRow,
  item: FollowUpRow | null,
  template: StoredTemplate | null,
): ReturnType<typeof refuse> | null {
  const wrongState = (sentence: string) => refuseOne('WRONG_STATE', ['messageId'], sentence);
  if (phase === 'ACTIVE') return wrongState('The message has not ended; it may still arrive.');
  switch (item?.resolution) {
    case undefined:
      return wrongState('The message is not on the follow-up list: it did not fail.');
    case 'LATE_DELIVERY':
      return wrongState('The message reached the person after all.');
    case 'RESENT':
      return wrongState('The message was sent again already.');
    case 'HANDLED':
      return wrongState('Somebody has dealt with the message already.');
    case null:
  }
  if (template === null) {
    const sentence = 'The version of its template is approved no more; send a new message.';
    return refuseOne('TEMPLATE_NOT_APPROVED', ['messageId'], sentence);
  }
  return template.content.type === 'OTP'
    ? wrongState('A one-time code is issued anew, not sent again.')
    : null;
}

/** As a new request would be, but for the version of the template. */
async function draftAgain(
  tx: Transaction,
  deps: MessagesDeps,
  of: { original: MessageRow; template: StoredTemplate; idempotencyKey: string },
) {
  const { original, template, idempotencyKey } = of;
  const { tenantId, id: messageId, recipientId, reference, locale } = original;
  const request: AcceptRequest = {
    tenantId,
    idempotencyKey,
    recipientId,
    templateName: template.name,
    variables: new Map(),
    reference: reference ?? null,
    locale,
    sendAt: null,
    expiresAt: null,
  };
  const ground = await loadGround(tx, deps, tenantId, [request]);
  const dataKey = ground.facts.get(recipientId)?.dataKey;
  if (dataKey === undefined) {
    return refuseOne('NOT_FOUND', ['messageId'], 'The recipient is gone.');
  }
  const owner = { tenantId, messageId, recipientId, dataKey };
  const variables = readVariables(original, owner);
  if (variables === null) {
    return refuseOne('WRONG_STATE', ['messageId'], 'What it said cannot be read any more.');
  }
  const pinned = { ...ground, templates: new Map([[template.name, template]]) };
  const [drafted] = await draftMessages(tx, deps, pinned, [{ ...request, variables }]);
  if (drafted === undefined) return refuse([]);
  if (drafted.draft.ok) return drafted;
  return refuse(drafted.draft.refusals.map((refusal) => ({ ...refusal, path: ['messageId'] })));
}

/** Null where the key that sealed them is gone. */
function readVariables(
  { variablesSealed }: MessageRow,
  owner: Parameters<typeof openVariables>[1],
): Variables | null {
  try {
    return openVariables(variablesSealed, owner);
  } catch {
    return null;
  }
}

const noMessage = () => refuseOne('NOT_FOUND', ['messageId'], 'There is no message with this id.');

const keyReused = () =>
  refuseOne(
    'IDEMPOTENCY_KEY_REUSED',
    ['idempotencyKey'],
    'This key came before with something else; use a new key for sending this message again.',
  );
