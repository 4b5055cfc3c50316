// Hands a text over as submit_sm, part by part, and says what came of it.
import { setTimeout as pause } from 'node:timers/promises';
import { PDU, type PduFields } from 'smpp';
import { assert } from '../../platform/assert.ts';
import { FailureCode } from '../../schema/vocabulary.ts';
import type { Outbound, SendOutcome } from '../provider.ts';
import { addressFields, senderFields } from './address.ts';
import { SmppError, type Connection, type Frame } from './connection.ts';
import { failureOf } from './errors.ts';
import { canonicalAnswerId, type MessageIdForm } from './message-id.ts';
import { ALIVE_MS, BindError, type Session } from './session.ts';
import { CHARACTERS_MAX, partsOf, type Part } from './text.ts';
import type { Window } from './window.ts';

export interface Sender {
  readonly session: Session;
  readonly window: Window;
  readonly sourceAddress: string;
  readonly messageIds: MessageIdForm;
  /** From 0 to 1. */
  readonly random: () => number;
}

const CONCATENATED = 0x40;
const FINAL_RECEIPT = 1;
/** SMPP says that it is too much, and not for how long. */
const THROTTLED_MS = 1_000;
/** Months differ in length, so a validity is told in days. */
const VALIDITY_SECONDS_MAX = 30 * 86_400;

/** Parts go one after another, so that a refused message leaves nothing behind. Where a later part fails, the phone has
 *  no whole message to show: the message counts as refused, and as unknown when that part may have arrived. */
export async function send(
  sender: Sender,
  outbound: Outbound,
  deadlineMs: number,
): Promise<SendOutcome> {
  const { content } = outbound;
  assert(content.channel === 'SMS', 'an SMS provider is handed a text');
  if (content.text.length > CHARACTERS_MAX) {
    return refused(FailureCode.INVALID_CONTENT, 'not sent: the text is over its limit');
  }
  const parts = partsOf(content.text, Math.floor(sender.random() * 256));
  const signal = AbortSignal.timeout(deadlineMs);
  let first: SendOutcome | null = null;
  for (const part of parts) {
    const fields = submission(sender, outbound, part, first === null);
    const outcome: SendOutcome =
      first === null
        ? await submit(sender, fields, signal)
        : await submitPatiently(sender, fields, signal);
    if (outcome.kind !== 'accepted') return outcome;
    first ??= outcome;
  }
  assert(first !== null, 'a text has one part at least');
  return first;
}

/** A receipt is asked for the first part alone: it bears the id by which the message is known. */
function submission(
  { sourceAddress }: Sender,
  outbound: Outbound,
  part: Part,
  isFirst: boolean,
): PduFields {
  return {
    ...senderFields(sourceAddress),
    ...addressFields(outbound.to),
    esm_class: part.concatenated ? CONCATENATED : 0,
    validity_period: relativeTime(Math.min(outbound.ttlSeconds, VALIDITY_SECONDS_MAX)),
    registered_delivery: isFirst ? FINAL_RECEIPT : 0,
    data_coding: part.dataCoding,
    short_message: part.bytes,
  };
}

/** `YYMMDDhhmmss000R`. Source: SMPP 3.4, section 7.1.1. */
function relativeTime(seconds: number): string {
  const whole = Math.floor(seconds);
  const [days, hours] = [Math.floor(whole / 86_400), Math.floor(whole / 3600) % 24];
  const digits = [days, hours, Math.floor(whole / 60) % 60, whole % 60]
    .map((number) => String(number).padStart(2, '0'))
    .join('');
  return `0000${digits}000R`;
}

/** A rate limit in the middle of a message is waited out: half a message is worth nothing. */
async function submitPatiently(
  sender: Sender,
  fields: PduFields,
  signal: AbortSignal,
): Promise<SendOutcome> {
  for (;;) {
    const outcome = await submit(sender, fields, signal);
    if (outcome.kind !== 'refused' || outcome.code !== FailureCode.THROTTLED) return outcome;
    const waited = await pause(THROTTLED_MS, true, { signal }).catch(() => false);
    if (!waited) return outcome;
  }
}

async function submit(
  { session, window, messageIds }: Sender,
  fields: PduFields,
  signal: AbortSignal,
): Promise<SendOutcome> {
  const leave = await window.enter(signal);
  if (leave === null) return refused(FailureCode.PROVIDER_FAULT, 'not-sent');
  let connection: Connection | null = null;
  try {
    connection = await Promise.race([session.connection(), aborted(signal)]);
    if (connection === null) return refused(FailureCode.PROVIDER_FAULT, 'not-sent');
    return readAnswer(await connection.request('submit_sm', fields, signal), messageIds);
  } catch (error) {
    if (error instanceof BindError) {
      return refused(error.code, error.providerCode, session.pauseMs);
    }
    if (!(error instanceof SmppError)) throw error;
    if (error.code === 'not-sent') return refused(FailureCode.PROVIDER_FAULT, error.code);
    // Silence may be the whole session's: then those that come after must not wait for nothing too.
    connection?.check(ALIVE_MS);
    return { kind: 'unknown', detail: error.message };
  } finally {
    leave();
  }
}

const aborted = (signal: AbortSignal): Promise<null> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve(null);
    signal.addEventListener('abort', () => resolve(null), { once: true });
  });

/** An acceptance without an id cannot be recognised again, so it is none. */
function readAnswer({ status, bytes }: Frame, messageIds: MessageIdForm): SendOutcome {
  if (status !== 0) {
    const { code, name } = failureOf(status);
    return refused(code, name, code === FailureCode.THROTTLED ? THROTTLED_MS : null);
  }
  const id = messageIdIn(bytes);
  if (id === '') return { kind: 'unknown', detail: 'the SMSC answered without a message id' };
  return { kind: 'accepted', providerMessageId: canonicalAnswerId(id, messageIds) };
}

function messageIdIn(bytes: Buffer): string {
  try {
    return new PDU(bytes).message_id ?? '';
  } catch {
    return '';
  }
}

function refused(
  code: FailureCode,
  providerCode: string,
  retryAfterMs: number | null = null,
): SendOutcome {
  return { kind: 'refused', code, providerCode, retryAfterMs };
}
