// The way to a subgraph in another process: signed requests over a pool of connections, all streams over one WebSocket.
import { print, GraphQLError, type DocumentNode, type ExecutionResult } from 'graphql';
import { createClient, type Client } from 'graphql-ws';
import { Pool } from 'undici';
import { WebSocket } from 'ws';
import { ApiError } from '../platform/errors.ts';
import type { Log } from '../platform/log.ts';
import { SIGNATURE_EXTENSION, type SignOperation } from '../platform/request-signature.ts';
import { createQueue, type Stream } from '../platform/stream.ts';
import type { SubgraphRequest, Transport } from './federation.ts';

export interface RemoteTransportOptions {
  readonly name: string;
  /** Where its server is found; `/subgraphs/<name>` follows. */
  readonly url: string;
  readonly sign: SignOperation;
  readonly timeoutMs: number;
  readonly log: Log;
}

const CONNECTIONS_MAX = 64;
const CONNECT_TIMEOUT_MS = 2_000;
const PONG_TIMEOUT_MS = 5_000;
const PING_INTERVAL_MS = 12_000;
/** Events of one stream that wait for a slow client; then the stream ends, and the client resumes from its cursor. */
const WAITING_EVENTS_MAX = 1_000;

/** Errors on the way are UNAVAILABLE and logged here. A stream that breaks ends with UNAVAILABLE as well: to open it again
 *  unseen would lose events, but the client knows its cursor. The next stream opens the next WebSocket. */
export function createRemoteTransport(options: RemoteTransportOptions): Transport {
  const { origin } = new URL(options.url);
  const path = `/subgraphs/${options.name}`;
  const pool = new Pool(origin, {
    connections: CONNECTIONS_MAX,
    connectTimeout: CONNECT_TIMEOUT_MS,
    headersTimeout: options.timeoutMs,
    bodyTimeout: options.timeoutMs,
  });
  const client = createSocketClient(origin.replace(/^http/, 'ws') + path);
  const unavailable = (error: unknown): ApiError => {
    const reason = error instanceof Error ? error.message : 'the socket was closed';
    options.log.warn({ subgraph: options.name, reason }, 'subgraph does not answer');
    return new ApiError('UNAVAILABLE', 'A part the call needs does not answer now.');
  };
  return {
    async fetch(request) {
      const body = JSON.stringify(signedPayload(request, options));
      const headers = { 'content-type': 'application/json' };
      try {
        const answer = await pool.request({ method: 'POST', path, headers, body });
        return resultOf(await answer.body.json());
      } catch (error) {
        throw unavailable(error);
      }
    },
    async subscribe(request) {
      return openStream(client, signedPayload(request, options), unavailable);
    },
    async close() {
      await Promise.all([client.dispose(), pool.destroy()]);
    },
  };
}

function createSocketClient(url: string): Client {
  let pongTimer: NodeJS.Timeout | undefined;
  let socket: WebSocket | undefined;
  return createClient({
    url,
    webSocketImpl: WebSocket,
    lazyCloseTimeout: 0,
    // A signature is good for one use, so an operation cannot be sent again by the client.
    retryAttempts: 0,
    keepAlive: PING_INTERVAL_MS,
    connectionAckWaitTimeout: CONNECT_TIMEOUT_MS,
    on: {
      opened: (opened) => (socket = opened as WebSocket),
      ping: (received) => {
        if (received) return;
        pongTimer = setTimeout(() => socket?.terminate(), PONG_TIMEOUT_MS);
      },
      pong: (received) => {
        if (received) clearTimeout(pongTimer);
      },
      closed: () => clearTimeout(pongTimer),
    },
  });
}

type SignedPayload = ReturnType<typeof signedPayload>;

function signedPayload(request: SubgraphRequest, { name, sign }: RemoteTransportOptions) {
  const call = request.context;
  if (call === undefined) throw new Error('every fetch belongs to a call');
  const operation = {
    query: printed(request.document),
    variables: request.variables ?? {},
    operationName: request.operationName ?? null,
  };
  const signature = sign(operation, {
    audience: name,
    principal: call.principal,
    scope: { requestId: call.requestId },
  });
  return { ...operation, extensions: { [SIGNATURE_EXTENSION]: signature } };
}

function openStream(
  client: Client,
  payload: SignedPayload,
  unavailable: (error: unknown) => ApiError,
): Stream<ExecutionResult> {
  const queue = createQueue<ExecutionResult>(WAITING_EVENTS_MAX, () => dispose());
  const dispose = client.subscribe<Record<string, unknown>>(payload, {
    next(result) {
      if (queue.push(resultOf(result))) return;
      queue.end(new ApiError('UNAVAILABLE', 'The stream ends: its reader is too slow.'));
      dispose();
    },
    error(error) {
      if (Array.isArray(error)) queue.push(resultOf({ errors: error }));
      queue.end(Array.isArray(error) ? undefined : unavailable(error));
    },
    complete: () => queue.end(),
  });
  return queue;
}

/** What a subgraph sent, with its errors as the planner wants them. Throws when it is no GraphQL result. */
function resultOf(sent: unknown): ExecutionResult {
  const { data, errors } = sent as {
    data?: Record<string, unknown>;
    errors?: readonly SentError[];
  };
  if (data === undefined && errors === undefined)
    throw new Error('the answer is no GraphQL result');
  if (errors === undefined) return { data: data ?? null };
  const made = errors.map(
    ({ message, path, extensions }) =>
      new GraphQLError(message, { path: path ?? null, extensions: extensions ?? null }),
  );
  return { data: data ?? null, errors: made };
}

interface SentError {
  readonly message: string;
  readonly path?: readonly (string | number)[];
  readonly extensions?: Record<string, unknown>;
}

const printedDocuments = new WeakMap<DocumentNode, string>();

/** The planner hands out one document for each fetch of a plan, again and again. */
function printed(document: DocumentNode): string {
  const known = printedDocuments.get(document) ?? print(document);
  printedDocuments.set(document, known);
  return known;
}
