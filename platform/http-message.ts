// Reading a request's body within its limit, and writing answers and errors.
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ApiErrorCode } from '../schema/error-codes.ts';
import { ApiError } from './errors.ts';

export interface HttpAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Bytes or text, with a content-type of its own among the headers. */
  readonly body?: Buffer | string;
  /** Or a value that is sent as JSON. */
  readonly json?: unknown;
}

/** The HTTP status of an error code. */
export const statusByCode: Readonly<Record<ApiErrorCode, number>> = {
  UNAUTHENTICATED: 401,
  FORBIDDEN: 403,
  NOT_FOUND: 404,
  BAD_USER_INPUT: 400,
  CONFLICT: 409,
  TOO_COMPLEX: 400,
  PAYLOAD_TOO_LARGE: 413,
  RATE_LIMITED: 429,
  UNAVAILABLE: 503,
  INTERNAL: 500,
};

/** A refusal that has an HTTP status of its own, or headers that tell the client what would be taken. */
export class HttpRefusal extends ApiError {
  override name = 'HttpRefusal';
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, sentence: string, headers: Record<string, string> = {}) {
    super(status === 403 ? 'FORBIDDEN' : 'BAD_USER_INPUT', sentence);
    this.status = status;
    this.headers = headers;
  }
}

/** For a whole body: who sends slower holds a connection for nothing. */
const BODY_MS_MAX = 8_000;

/** The body's bytes as they came. Throws PAYLOAD_TOO_LARGE as soon as there are more than `maxBytes`, and a refusal
 *  for a compressed body (a small one can unpack to anything), one that breaks off, or one that takes too long. */
export function readBody(request: IncomingMessage, maxBytes: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const late = setTimeout(() => {
      stop(new HttpRefusal(408, 'The body took too long.'));
    }, BODY_MS_MAX);
    const stop = (refusal: ApiError) => {
      clearTimeout(late);
      request.removeAllListeners('data');
      // The rest flows away unseen, so that the client can still read the answer.
      request.resume();
      reject(refusal);
    };
    if ((request.headers['content-encoding'] ?? 'identity') !== 'identity') {
      return stop(new HttpRefusal(415, 'Compressed bodies are not taken.'));
    }
    const tooLarge = () =>
      new ApiError('PAYLOAD_TOO_LARGE', `The body may have ${maxBytes} bytes.`, { maxBytes });
    if (Number(request.headers['content-length'] ?? 0) > maxBytes) return stop(tooLarge());
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > maxBytes) stop(tooLarge());
      else chunks.push(chunk);
    });
    request.once('end', () => {
      clearTimeout(late);
      resolve(Buffer.concat(chunks, size));
    });
    request.once('error', () => stop(new HttpRefusal(400, 'The body broke off.')));
  });
}

/** `{ code, message, ...details }` with the code's status. What is no ApiError is INTERNAL and says nothing but the
 *  incident id. */
export function errorAnswer(error: unknown, incidentId: string | null): HttpAnswer {
  if (!(error instanceof ApiError)) {
    const message = 'The platform failed; the incident id finds the cause.';
    return { status: statusByCode.INTERNAL, json: { code: 'INTERNAL', message, incidentId } };
  }
  const json = { ...error.extensions, code: error.code, message: error.message };
  if (error instanceof HttpRefusal) return { status: error.status, headers: error.headers, json };
  const headers: Record<string, string> =
    error.code === 'UNAUTHENTICATED' ? { 'www-authenticate': 'Bearer' } : {};
  return { status: statusByCode[error.code], headers, json };
}

export function sendAnswer(response: ServerResponse, answer: HttpAnswer): void {
  const isJson = answer.json !== undefined;
  const body = isJson ? JSON.stringify(answer.json) : (answer.body ?? '');
  if (isJson) response.setHeader('content-type', 'application/json; charset=utf-8');
  for (const [name, value] of Object.entries(answer.headers ?? {})) response.setHeader(name, value);
  // What is left of a refused body is not read: the connection ends with this answer.
  if (!response.req.complete) response.setHeader('connection', 'close');
  response.writeHead(answer.status, { 'content-length': Buffer.byteLength(body) });
  response.end(body);
}
