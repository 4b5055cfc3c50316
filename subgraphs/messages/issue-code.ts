// Issues a one-time code: draws it, sends it as a message, and keeps what proves it. The caller never sees the code.
import { codeMac, drawCode } from '../../crypto/one-time-code.ts';
import { hmacSha256 } from '../../crypto/mac.ts';
import type { Transaction } from '../../platform/database.ts';
import { acceptBatch, type AcceptedMessage } from './accept-message.ts';
import type { MessagesDeps } from './deps.ts';
import {
  areaOf,
  CODE_DIGITS,
  CODE_LIFE_MS,
  CODE_VARIABLE,
  codeLimits,
  waitFor,
} from './domain/one-time-code.ts';
import { bodyOf, type AcceptRequest } from './draft-message.ts';
import { refuse, refuseOne, type Refusal, type Result } from './refusal.ts';
import { digestRequest, sameRequest } from './request-digest.ts';
import { findByIdempotencyKeys } from './store/find-messages.ts';
import { findApprovedTemplates } from './store/find-template.ts';
import {
  findIssueTimes,
  insertCode,
  lockArea,
  lockCode,
  lockCodesOf,
} from './store/one-time-codes.ts';

export interface IssuedCode {
  readonly message: AcceptedMessage;
  readonly replayed: boolean;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
}

/** What a code's MAC names: this message of this tenant. */
export const purposeOf = (tenantId: string, messageId: string): readonly string[] => [
  'one-time-code',
  tenantId,
  messageId,
];

/** One code a key: a repetition finds the first one, and sends nothing. */
export async function issueCode(
  deps: MessagesDeps,
  request: AcceptRequest,
): Promise<Result<IssuedCode>> {
  return deps.database.transaction(request.tenantId, (tx) => issueCodeIn(tx, deps, request));
}

/** The same in the caller's transaction, for what has to commit with the code. */
export async function issueCodeIn(
  tx: Transaction,
  deps: MessagesDeps,
  request: AcceptRequest,
): Promise<Result<IssuedCode>> {
  const { tenantId, idempotencyKey } = request;
  if (request.variables.has(CODE_VARIABLE)) {
    const sentence = `The variable ${CODE_VARIABLE} is drawn here.`;
    return refuseOne('INVALID_INPUT', ['variables', CODE_VARIABLE], sentence);
  }
  const key = await deps.kms.macKey({ tenant: tenantId, use: 'code' });
  await lockCodesOf(tx, tenantId, request.recipientId);
  const used = await findByIdempotencyKeys(tx, tenantId, [idempotencyKey]);
  const earlier = used.get(idempotencyKey);
  if (earlier !== undefined) return repeat(tx, deps, request, earlier);
  const templates = await findApprovedTemplates(tx, tenantId, [request.templateName]);
  const template = templates.get(request.templateName)?.content;
  const fits =
    template?.type === 'OTP' && template.variables.some(({ name }) => name === CODE_VARIABLE);
  if (template !== undefined && !fits) {
    const sentence = `A code needs a template of the type OTP with the variable ${CODE_VARIABLE}.`;
    return refuseOne('INVALID_INPUT', ['template'], sentence);
  }
  const now = deps.clock.now();
  const area = await areaMac(tx, deps, request, key.key);
  if (area !== null) await lockArea(tx, tenantId, area);
  const wait = await limitOf(tx, request, { area, now });
  if (wait !== null) return refuse([tooMany(wait)]);
  const code = drawCode(CODE_DIGITS);
  const variables = new Map([...request.variables, [CODE_VARIABLE, code]]);
  const expiresAt = Math.min(request.expiresAt ?? Infinity, now + CODE_LIFE_MS);
  const send = { ...request, variables, expiresAt, sendAt: null };
  const [accepted = refuse([])] = await acceptBatch(tx, deps, tenantId, [send]);
  if (!accepted.ok) return accepted;
  const { message } = accepted.value;
  await insertCode(tx, {
    tenantId,
    messageId: message.id,
    recipientId: message.recipientId,
    requestDigest: await digestRequest(deps.kms, tenantId, bodyOf(request)),
    area,
    mac: codeMac(key.key, purposeOf(tenantId, message.id), code),
    keyVersion: key.version,
    expiresAt,
    createdAt: now,
  });
  return { ok: true, value: { message, replayed: false, expiresAt } };
}

/** The code is not part of what was asked for, so the message's own digest cannot tell. */
async function repeat(
  tx: Transaction,
  { kms }: MessagesDeps,
  request: AcceptRequest,
  earlier: AcceptedMessage,
): Promise<Result<IssuedCode>> {
  const { tenantId } = request;
  const code = await lockCode(tx, tenantId, earlier.id);
  if (code === null || !(await sameRequest(kms, tenantId, bodyOf(request), code.requestDigest))) {
    const sentence = 'This key came before with another body; use a new key for another code.';
    return refuseOne('IDEMPOTENCY_KEY_REUSED', ['idempotencyKey'], sentence);
  }
  return { ok: true, value: { message: earlier, replayed: true, expiresAt: code.expiresAt } };
}

/** The number's neighbourhood under the tenant's key: what is counted says nothing about a number. */
async function areaMac(
  tx: Transaction,
  { ports }: MessagesDeps,
  { tenantId, recipientId }: AcceptRequest,
  key: Parameters<typeof hmacSha256>[0],
): Promise<Uint8Array | null> {
  const facts = (await ports.recipientFacts(tx, tenantId, [recipientId])).get(recipientId);
  const number = facts?.channels.find(({ channel }) => channel === 'SMS')?.address ?? null;
  const area = areaOf(number);
  return area === null ? null : hmacSha256(key, JSON.stringify(['area', tenantId, area]));
}

/** Milliseconds until a code may be issued; null: now. */
async function limitOf(
  tx: Transaction,
  { tenantId, recipientId }: AcceptRequest,
  { area, now }: { readonly area: Uint8Array | null; readonly now: number },
): Promise<number | null> {
  const times = await findIssueTimes(tx, tenantId, { recipientId, area }, codeLimits);
  const waits = [
    waitFor(codeLimits.recipient, times.recipient, now),
    waitFor(codeLimits.area, times.area, now),
  ].filter((wait) => wait !== null);
  return waits.length === 0 ? null : Math.max(...waits);
}

function tooMany(waitMs: number): Refusal {
  return {
    code: 'LIMIT_REACHED',
    path: ['recipientId'],
    sentence: 'Enough codes went to this recipient, or to numbers beside theirs.',
    retryAfterSeconds: Math.ceil(waitMs / 1_000),
  };
}
