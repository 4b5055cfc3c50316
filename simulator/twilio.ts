// Twilio's Messages resource as its customers see it: form in, JSON out, errors in its envelope.
import { randomBytes } from 'node:crypto';
import { SegmentedMessage } from 'sms-segments-calculator';
import type { FailureCode } from '../schema/vocabulary.ts';
import type { Behaviour } from './behaviour.ts';
import type { History } from './history.ts';
import { isLoopback } from './json.ts';
import type { Message, MessageBook } from './message-book.ts';
import { lostAnswer, type ReceiptStep } from './profile.ts';
import type { Answer, Incoming, Reply } from './server.ts';
import { stepReply, type Refusals } from './step-reply.ts';
import { asyncFailures, codeOf } from './twilio-callbacks.ts';

export interface TwilioParts {
  readonly accountSid: string;
  readonly authToken: string;
  readonly behaviour: Behaviour;
  readonly book: MessageBook;
  readonly history: History;
}

interface TwilioError {
  readonly status: number;
  readonly code: number;
  readonly message: string;
}

const API_VERSION = '2010-04-01';
const E164 = /^\+[1-9]\d{6,14}$/;
const BODY_CHARACTERS_MAX = 1600;
const VALIDITY_SECONDS_MAX = 36_000;
// How long after the hand-over a failure is told that the API does not know at once.
const FAILURE_AFTER_MS = 50;

/** Failures that the API answers at once. Source: twilio.com/docs/api/errors. */
const failureErrors: Readonly<Partial<Record<FailureCode, TwilioError>>> = {
  INVALID_RECIPIENT: { status: 400, code: 21211, message: "Invalid 'To' Phone Number" },
  OPTED_OUT: { status: 400, code: 21610, message: 'Attempt to send to unsubscribed recipient' },
  SENDER_REJECTED: { status: 400, code: 21606, message: "The 'From' number is not yours" },
  INVALID_CONTENT: { status: 400, code: 21617, message: 'The message body exceeds the limit' },
  AUTH: { status: 401, code: 20003, message: 'Authenticate' },
  THROTTLED: { status: 429, code: 20429, message: 'Too Many Requests' },
  PROVIDER_FAULT: { status: 500, code: 20500, message: 'Internal Server Error' },
};
/** Statuses that Twilio itself gives; any other comes from a gateway, in HTML. */
const statusErrors: Readonly<Record<number, TwilioError>> = {
  400: { status: 400, code: 20001, message: 'Unknown parameters' },
  401: { status: 401, code: 20003, message: 'Authenticate' },
  403: { status: 403, code: 20403, message: '403 Forbidden' },
  404: { status: 404, code: 20404, message: 'Not Found' },
  429: { status: 429, code: 20429, message: 'Too Many Requests' },
  500: { status: 500, code: 20500, message: 'Internal Server Error' },
  503: { status: 503, code: 20503, message: 'Service Unavailable' },
};

export function createTwilio(parts: TwilioParts): (incoming: Incoming) => Reply {
  const { accountSid, authToken, behaviour, book } = parts;
  const expected = `Basic ${Buffer.from(`${accountSid}:${authToken}`).toString('base64')}`;
  const messages = `/${API_VERSION}/Accounts/${accountSid}/Messages`;
  return (incoming) => {
    const { method, path, headers } = incoming;
    const hit = behaviour.hit('twilio');
    if (hit !== null) return stepReply(hit, refusals) ?? refuseStatus(500);
    if (headers.authorization !== expected) return refuseStatus(401);
    if (method === 'POST' && path === `${messages}.json`) return submit(parts, incoming);
    const sid = path.startsWith(`${messages}/`)
      ? path.slice(messages.length + 1, -'.json'.length)
      : '';
    const message = book.find(sid);
    if (method !== 'GET' || message === undefined) return refuseStatus(404);
    return { status: 200, body: { ...message.answer, ...presentState(book, sid) } };
  };
}

function submit(parts: TwilioParts, incoming: Incoming): Reply {
  const { behaviour, book, history } = parts;
  const form = new URLSearchParams(incoming.body.toString());
  const wrong = formError(form);
  if (wrong !== null) return refuse(wrong);

  const address = form.get('To') ?? '';
  const step = behaviour.nextStep('SMS', address);
  const attempt = attemptIn(form.get('StatusCallback'));
  const failed = stepReply(step, refusals);
  if (failed !== null) {
    const permanent = typeof failed === 'object' && failed.status === 400;
    history.write({ k: 'reject', attempt, recipient: address, channel: 'SMS', permanent });
    return failed;
  }
  const message = messageOf(parts, form, attempt);
  book.accept(message, step.kind === 'fail' ? failureReceipts(step.code) : undefined);
  return lostAnswer(step) ?? { status: 201, body: message.answer };
}

const failureReceipts = (code: FailureCode): readonly ReceiptStep[] => [
  { kind: 'failed', code, afterMs: FAILURE_AFTER_MS },
];

function formError(form: URLSearchParams): TwilioError | null {
  const bad = (code: number, message: string): TwilioError => ({ status: 400, code, message });
  const body = form.get('Body') ?? '';
  const callback = form.get('StatusCallback');
  const validity = Number(form.get('ValidityPeriod') ?? VALIDITY_SECONDS_MAX);
  if (!form.has('From') && !form.has('MessagingServiceSid'))
    return bad(21603, "'From' is required");
  if (!E164.test(form.get('To') ?? '')) return bad(21211, "Invalid 'To' Phone Number");
  if (body === '') return bad(21602, 'Message body is required');
  if (body.length > BODY_CHARACTERS_MAX) return bad(21617, 'The message body exceeds the limit');
  if (callback !== null && !isLoopback(callback)) return bad(21609, "Invalid 'StatusCallback'");
  if (!(validity >= 1 && validity <= VALIDITY_SECONDS_MAX))
    return bad(21624, 'Invalid validity period');
  return null;
}

// The only thing in the request that says which attempt of the platform this is.
function attemptIn(statusCallback: string | null): string | null {
  return statusCallback === null ? null : new URL(statusCallback).searchParams.get('a');
}

function messageOf(parts: TwilioParts, form: URLSearchParams, attempt: string | null): Message {
  const sid = `SM${randomBytes(16).toString('hex')}`;
  const from = form.get('From');
  const service = form.get('MessagingServiceSid');
  const body = form.get('Body') ?? '';
  const address = form.get('To') ?? '';
  const validity = form.get('ValidityPeriod');
  const uri = `/${API_VERSION}/Accounts/${parts.accountSid}/Messages/${sid}`;
  const now = new Date().toUTCString().replace('GMT', '+0000');
  return {
    ref: sid,
    attempt,
    address,
    ttlMs: Number(validity ?? VALIDITY_SECONDS_MAX) * 1000,
    shown: {
      channel: 'SMS',
      from: from ?? service ?? '',
      title: null,
      text: body,
      suggestions: [],
    },
    callbackUrl: form.get('StatusCallback'),
    answer: {
      account_sid: parts.accountSid,
      api_version: API_VERSION,
      body,
      date_created: now,
      date_sent: null,
      date_updated: now,
      direction: 'outbound-api',
      error_code: null,
      error_message: null,
      from,
      messaging_service_sid: service,
      num_media: '0',
      num_segments: String(segmentCount(body)),
      price: null,
      price_unit: null,
      sid,
      status: service === null ? 'queued' : 'accepted',
      subresource_uris: { media: `${uri}/Media.json` },
      to: address,
      uri: `${uri}.json`,
    },
  };
}

// Up to 70 units fit one segment in either alphabet: worth knowing under load, where counting is the dearest part.
function segmentCount(body: string): number {
  return body.length <= 70 ? 1 : new SegmentedMessage(body).segmentsCount;
}

function presentState(book: MessageBook, sid: string): object {
  const last = book.lastReceipt(sid);
  if (last === null) return {};
  if (last.kind === 'expired') return { status: 'failed', error_code: asyncFailures.EXPIRED };
  if (last.kind === 'failed')
    return { status: 'undelivered', error_code: Number(codeOf(last.code)) };
  return { status: last.kind };
}

const refusals: Refusals = {
  byStatus: (status) => refuseStatus(status),
  byCode: (code) => {
    const error = failureErrors[code];
    return error === undefined ? null : refuse(error);
  },
};

function refuseStatus(status: number): Answer {
  const error = statusErrors[status];
  return error === undefined ? { status, body: `<html><h1>${status}</h1></html>` } : refuse(error);
}

function refuse({ status, code, message }: TwilioError): Answer {
  const more_info = `https://www.twilio.com/docs/errors/${code}`;
  return { status, body: { code, message, more_info, status } };
}
