// Makes the outcome of a sending out of one HTTP exchange: what surely failed is refused, what may have arrived is unknown.
import { retryAfterMs } from '../platform/retry-after.ts';
import { FailureCode } from '../schema/vocabulary.ts';
import {
  HttpClientError,
  type HttpAnswer,
  type HttpClient,
  type HttpRequest,
} from '../platform/http-client.ts';
import type { SendOutcome } from './provider.ts';
import { jsonObject, type JsonObject } from './wire.ts';

/** The outcome that rules out that the provider has the message. */
export type Refusal = Extract<SendOutcome, { kind: 'refused' }>;

/** What one API's own words say: taken under an id, or not taken. Null when they are not the API's words. */
export type AnswerReader = (
  status: number,
  body: JsonObject,
) =>
  | { readonly kind: 'accepted'; readonly providerMessageId: string }
  | { readonly kind: 'refused'; readonly code: FailureCode; readonly providerCode: string }
  | null;

/** Sends once. Never throws for what the network or the API does. `now` is milliseconds since 1970. */
export async function sendOverHttp(
  client: Pick<HttpClient, 'request'>,
  request: HttpRequest,
  read: AnswerReader,
  now: number,
): Promise<SendOutcome> {
  try {
    return readAnswer(await client.request(request), read, now);
  } catch (error) {
    if (!(error instanceof HttpClientError)) throw error;
    if (error.code === 'not-sent') return refusal(FailureCode.PROVIDER_FAULT, error.code);
    return { kind: 'unknown', detail: error.message };
  }
}

export function refusal(
  code: FailureCode,
  providerCode: string,
  retryAfterMs: number | null = null,
): Refusal {
  return { kind: 'refused', code, providerCode, retryAfterMs };
}

function readAnswer(answer: HttpAnswer, read: AnswerReader, now: number): SendOutcome {
  const { status, headers } = answer;
  const body = jsonObject(answer.body);
  const told = body === null ? null : read(status, body);
  if (told?.kind === 'accepted') return told;
  // Without the API's own words a gateway may have answered in its place, after passing the message on.
  const code = told?.code ?? failureOfStatus(status);
  if (code === null)
    return { kind: 'unknown', detail: `status ${status} without an answer of the API` };
  const providerCode = told?.providerCode ?? `http ${status}`;
  return refusal(code, providerCode, retryAfterMs(headers['retry-after'], now));
}

/** What a bare status says where the body says nothing; null where it cannot rule out that the message went on. */
function failureOfStatus(status: number): FailureCode | null {
  switch (status) {
    case 401:
      return FailureCode.AUTH;
    case 403:
      return FailureCode.SENDER_REJECTED;
    case 429:
      return FailureCode.THROTTLED;
    case 400:
    case 413:
    case 415:
    case 422:
      return FailureCode.INVALID_CONTENT;
    case 503:
      return FailureCode.PROVIDER_FAULT;
    default:
      return status >= 400 && status < 500 ? FailureCode.PROVIDER_FAULT : null;
  }
}
