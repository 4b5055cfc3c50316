// Builds the request for one message to one person's Messages app, and reads the answer to it.
import { assert } from '../../platform/assert.ts';
import type { HttpRequest } from '../../platform/http-client.ts';
import { FailureCode } from '../../schema/vocabulary.ts';
import { refusal, type AnswerReader, type Refusal } from '../over-http.ts';
import type { Outbound, RenderedContent } from '../provider.ts';
import { objectOrNull, textOrNull, type JsonObject } from '../wire.ts';
import { answerFailures, rejections } from './errors.ts';

type MessageContent = Extract<RenderedContent, { channel: 'IMESSAGE' }>;

/** Source: Infobip OpenAPI 3.210.0, Apple Messages for Business: text and items of a quick reply. */
const LIMITS = { textCharacters: 4_096, replyCount: { min: 2, max: 5 }, replyCharacters: 24 };

/** The request without its authorization, or the refusal that the API would answer with. reportUrl: where it reports. */
export function messageRequest(
  { content, attemptId, to, ttlSeconds }: Outbound,
  { sender, reportUrl }: { readonly sender: string; readonly reportUrl: string },
): HttpRequest | Refusal {
  assert(content.channel === 'IMESSAGE', 'a provider of Apple Messages is handed its content');
  const excess = excessOf(content);
  if (excess !== null) {
    return refusal(FailureCode.INVALID_CONTENT, `not sent: ${excess} is over its limit`);
  }
  const message = {
    sender,
    destinations: [{ to, messageId: attemptId }],
    content: wireContent(content, attemptId),
    options: { validityPeriod: { amount: ttlSeconds, timeUnit: 'SECONDS' } },
    webhooks: { delivery: { url: reportUrl }, contentType: 'application/json' },
  };
  return {
    method: 'POST',
    path: '/apple-mfb/1/messages',
    headers: { 'content-type': 'application/json; charset=utf-8' },
    body: JSON.stringify({ messages: [message] }),
  };
}

/** Reads the answer to the message whose id is this attempt's. A repeated id is rejected as such: it has the first one. */
export function answerReader(attemptId: string): AnswerReader {
  return (status, body) => {
    if (status !== 200) return refusedBy(status, body);
    const [message, ...others] = Array.isArray(body['messages']) ? body['messages'] : [];
    const told = objectOrNull(message);
    const taken = objectOrNull(told?.['status']);
    const group = textOrNull(taken?.['groupName']);
    if (told?.['messageId'] !== attemptId || others.length > 0 || group === null) return null;
    const name = textOrNull(taken?.['name']) ?? group;
    const isRefused = group === 'REJECTED' && name !== 'REJECTED_DUPLICATE_MESSAGE_ID';
    if (!isRefused) return { kind: 'accepted', providerMessageId: attemptId };
    const code = rejections.get(name) ?? FailureCode.UNKNOWN;
    return { kind: 'refused', code, providerCode: name };
  };
}

function refusedBy(status: number, body: JsonObject): ReturnType<AnswerReader> {
  const providerCode = textOrNull(body['errorCode']);
  if (status < 400 || providerCode === null) return null;
  const code = answerFailures.get(providerCode) ?? FailureCode.UNKNOWN;
  return { kind: 'refused', code, providerCode };
}

/** Answers are tapped where there are as many as a quick reply takes; otherwise the text has to do. */
function wireContent({ text, replies }: MessageContent, attemptId: string): object {
  const { min, max } = LIMITS.replyCount;
  if (replies.length < min || replies.length > max) return { type: 'TEXT', text };
  return {
    type: 'QUICK_REPLY',
    summaryText: text,
    // What comes back with the tap, and says of which attempt it is.
    requestIdentifier: attemptId,
    items: replies.map(({ label, postback }) => ({ identifier: postback, title: label })),
  };
}

function excessOf({ text, replies }: MessageContent): string | null {
  if (text.length > LIMITS.textCharacters) return 'text';
  return replies.some(({ label }) => label.length > LIMITS.replyCharacters) ? 'reply' : null;
}
