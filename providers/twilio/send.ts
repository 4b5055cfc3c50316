// Builds Twilio's request for a text message and reads the answer to it.
import { FailureCode } from '../../schema/vocabulary.ts';
import { assert } from '../../platform/assert.ts';
import type { HttpRequest } from '../../platform/http-client.ts';
import { refusal, type AnswerReader, type Refusal } from '../over-http.ts';
import type { Outbound } from '../provider.ts';
import { textOrNull } from '../wire.ts';
import { twilioFailures } from './errors.ts';

// Source: Message resource, parameters Body and ValidityPeriod.
const BODY_CHARACTERS_MAX = 1600;
const VALIDITY_SECONDS_MAX = 36_000;
const MESSAGE_SID = /^(SM|MM)[0-9a-f]{32}$/;

export interface TwilioSender {
  readonly accountSid: string;
  readonly authToken: string;
  /** A number, an alphanumeric sender, or the SID of a Messaging Service (`MG...`). */
  readonly from: string;
  /** Where status callbacks go; the attempt is added to its query. */
  readonly callbackUrl: string;
}

/** The request, or the refusal that Twilio would answer with. */
export function messageRequest(outbound: Outbound, sender: TwilioSender): HttpRequest | Refusal {
  const { content } = outbound;
  assert(content.channel === 'SMS', 'an SMS provider is handed a text');
  if (content.text.length > BODY_CHARACTERS_MAX) {
    return refusal(FailureCode.INVALID_CONTENT, 'not sent: the text is over its limit');
  }
  const form = new URLSearchParams({
    To: outbound.to,
    [sender.from.startsWith('MG') ? 'MessagingServiceSid' : 'From']: sender.from,
    Body: content.text,
    // Twilio takes no key of ours. The callback's signed URL carries the attempt instead, so that a
    // message whose answer was lost is still recognised.
    StatusCallback: `${sender.callbackUrl}?a=${outbound.attemptId}`,
    ValidityPeriod: String(Math.min(outbound.ttlSeconds, VALIDITY_SECONDS_MAX)),
  });
  const credentials = Buffer.from(`${sender.accountSid}:${sender.authToken}`).toString('base64');
  return {
    method: 'POST',
    path: `/2010-04-01/Accounts/${sender.accountSid}/Messages.json`,
    headers: {
      authorization: `Basic ${credentials}`,
      'content-type': 'application/x-www-form-urlencoded',
    },
    body: form.toString(),
  };
}

/** 2xx with a message's SID, or the error envelope `{ code, message, more_info, status }`. */
export const readAnswer: AnswerReader = (status, body) => {
  const sid = textOrNull(body['sid']);
  if (status >= 200 && status < 300) {
    if (sid === null || !MESSAGE_SID.test(sid)) return null;
    return { kind: 'accepted', providerMessageId: sid };
  }
  if (typeof body['code'] !== 'number' || body['status'] !== status) return null;
  const providerCode = String(body['code']);
  const code = twilioFailures.get(providerCode) ?? FailureCode.UNKNOWN;
  return { kind: 'refused', code, providerCode };
};
