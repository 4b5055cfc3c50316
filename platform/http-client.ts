// Outgoing HTTP: one bounded pool per base URL, a deadline on every request, and errors that say what may have arrived.
import { Pool, type Dispatcher } from 'undici';

/** not-sent: no byte of the request left us. maybe-sent: the other side may have acted on it.
 *  too-large: it answered, with more than `bodyMaxBytes`. */
export type HttpFailure = 'not-sent' | 'maybe-sent' | 'too-large';

/** Thrown by `HttpClient.request`; nothing else is. */
export class HttpClientError extends Error {
  override name = 'HttpClientError';
  readonly code: HttpFailure;

  constructor(code: HttpFailure, sentence: string, cause?: unknown) {
    super(sentence, { cause });
    this.code = code;
  }
}

export interface HttpClientOptions {
  /** Scheme, host and port, and perhaps a path that every request's path is appended to. */
  readonly baseUrl: string;
  /** The longest that any request may take, connecting and waiting in the queue included. */
  readonly timeoutMs: number;
  readonly bodyMaxBytes: number;
  /** Requests beyond this many at once wait for a connection. */
  readonly connectionsMax: number;
  /** Certificates (PEM) that are trusted instead of the system's. */
  readonly ca?: string;
}

export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Starts with a slash and holds the query. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
  /** Milliseconds; shortens `timeoutMs`, never lengthens it. */
  readonly deadlineMs?: number;
}

export interface HttpAnswer {
  readonly status: number;
  /** Names in lower case; a repeated header is joined with commas. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Buffer;
}

export interface HttpClient {
  /** Any status is an answer, a redirect too: it is never followed. Throws HttpClientError otherwise. */
  request(request: HttpRequest): Promise<HttpAnswer>;
  /** Cuts what is under way and releases the connections. */
  close(): Promise<void>;
}

/** A client for one base URL. Connections are opened when they are first needed.
 *  Throws TypeError when `baseUrl` is not a URL. */
export function createHttpClient(options: HttpClientOptions): HttpClient {
  const { origin, pathname } = new URL(options.baseUrl);
  const prefix = pathname.replace(/\/+$/, '');
  // undici's own timers are off: one deadline of ours covers queue, connection, headers and body.
  const pool = new Pool(origin, {
    connections: options.connectionsMax,
    headersTimeout: 0,
    bodyTimeout: 0,
    connect: {
      timeout: options.timeoutMs,
      ...(options.ca === undefined ? {} : { ca: options.ca }),
    },
  });
  return {
    request: (request) => {
      const deadlineMs = Math.min(request.deadlineMs ?? options.timeoutMs, options.timeoutMs);
      return exchange(
        pool,
        { ...request, path: prefix + request.path, deadlineMs },
        options.bodyMaxBytes,
      );
    },
    close: () => pool.destroy(),
  };
}

// The dispatcher tells the very moment before it writes (onRequestStart), so "not sent" is
// observed and not guessed from a list of error codes.
/** One request by the dispatcher of one origin, or of many where `origin` names it. Throws HttpClientError. */
export function exchange(
  dispatcher: Dispatcher,
  request: HttpRequest & { readonly origin?: string; readonly deadlineMs: number },
  bodyMaxBytes: number,
): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bodyBytes = 0;
    let status = 0;
    let headers: HttpAnswer['headers'] = {};
    let controller: Dispatcher.DispatchController | null = null;
    let failure: HttpClientError | null = null;

    const fail = (code: HttpFailure, sentence: string, cause?: unknown): void => {
      if (failure !== null) return;
      failure = new HttpClientError(code, sentence, cause);
      clearTimeout(timer);
      reject(failure);
      controller?.abort(failure);
    };
    const cut = (sentence: string, cause?: unknown): void =>
      fail(controller === null ? 'not-sent' : 'maybe-sent', sentence, cause);
    const timer = setTimeout(() => cut('the deadline passed'), Math.max(1, request.deadlineMs));

    dispatcher.dispatch(
      {
        ...(request.origin === undefined ? {} : { origin: request.origin }),
        method: request.method,
        path: request.path,
        headers: request.headers ?? {},
        body: request.body ?? null,
      },
      {
        onRequestStart: (started) => {
          // A request whose deadline passed in the queue must not be written any more.
          if (failure !== null) return started.abort(failure);
          controller = started;
        },
        onResponseStart: (_, statusCode, responseHeaders) => {
          status = statusCode;
          headers = Object.fromEntries(
            Object.entries(responseHeaders).map(([name, value]) => [name, value?.toString()]),
          );
        },
        onResponseData: (_, chunk) => {
          bodyBytes += chunk.length;
          if (bodyBytes > bodyMaxBytes)
            fail('too-large', `the answer passes ${bodyMaxBytes} bytes`);
          else chunks.push(chunk);
        },
        onResponseEnd: () => {
          clearTimeout(timer);
          resolve({ status, headers, body: Buffer.concat(chunks, bodyBytes) });
        },
        onResponseError: (_, error) => cut('the connection failed', error),
      },
    );
  });
}
