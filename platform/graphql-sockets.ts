// GraphQL over WebSockets (the graphql-transport-ws protocol), with limits on what a client may send or leave unread.
import { STATUS_CODES, type IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { CloseCode, handleProtocols, makeServer, type ServerOptions } from 'graphql-ws';
import { WebSocketServer, type WebSocket } from 'ws';
import type { UpgradeListener } from './http-server.ts';
import type { Log } from './log.ts';

export interface SocketExtra {
  readonly request: IncomingMessage;
  isOpen(): boolean;
  close(code: number, reason: string): void;
}

export interface GraphqlSocketsOptions {
  readonly protocol: ServerOptions<Record<string, unknown>, SocketExtra>;
  /** Looked at before the upgrade: a status refuses it. */
  readonly refusalOf?: (request: IncomingMessage) => 403 | null;
  readonly payloadMaxBytes: number;
  /** More connections than this are refused with 503. */
  readonly socketsMax: number;
  readonly log: Log;
}

export interface GraphqlSockets {
  readonly upgrade: UpgradeListener;
  count(): number;
  /** Refuses new sockets, closes all with 1001, and destroys those that do not answer in time. */
  close(): Promise<void>;
}

/** A client that lets this much pile up is cut off. */
const UNREAD_MAX_BYTES = 4 * 1024 * 1024;
const PING_INTERVAL_MS = 12_000;
const CLOSE_GRACE_MS = 1_000;
const INTERNAL_ERROR = 1011;
const GOING_AWAY = 1001;

export function createGraphqlSockets(options: GraphqlSocketsOptions): GraphqlSockets {
  const protocol = makeServer(options.protocol);
  const server = new WebSocketServer({
    noServer: true,
    maxPayload: options.payloadMaxBytes,
    handleProtocols: (offered) => handleProtocols(offered),
  });
  const silent = new WeakSet<WebSocket>();
  const pings = setInterval(() => {
    for (const socket of server.clients) {
      if (silent.has(socket)) socket.terminate();
      silent.add(socket);
      if (socket.readyState === socket.OPEN) socket.ping();
    }
  }, PING_INTERVAL_MS);
  pings.unref();
  let closing = false;
  return {
    upgrade(request, socket, head) {
      const full = closing || server.clients.size >= options.socketsMax;
      const status = full ? 503 : (options.refusalOf?.(request) ?? null);
      if (status !== null) return refuseUpgrade(socket, status);
      server.handleUpgrade(request, socket, head, (webSocket) => {
        webSocket.on('pong', () => silent.delete(webSocket));
        serve(webSocket, request, protocol, options.log);
      });
    },
    count: () => server.clients.size,
    async close() {
      closing = true;
      clearInterval(pings);
      for (const socket of server.clients) socket.close(GOING_AWAY, 'Going away');
      const grace = setTimeout(() => {
        for (const socket of server.clients) socket.terminate();
      }, CLOSE_GRACE_MS);
      await new Promise<void>((resolve) => server.close(() => resolve()));
      clearTimeout(grace);
    },
  };
}

function serve(
  socket: WebSocket,
  request: IncomingMessage,
  protocol: ReturnType<typeof makeServer<Record<string, unknown>, SocketExtra>>,
  log: Log,
): void {
  const fail = (error: unknown) => {
    // A socket that closes while something is sent to it is no news.
    if (socket.readyState !== socket.OPEN) return;
    log.error({ err: error }, 'socket failed');
    socket.close(INTERNAL_ERROR, 'Internal error');
  };
  const closed = protocol.opened(
    {
      protocol: socket.protocol,
      send: (text) =>
        new Promise((resolve) => {
          if (socket.readyState !== socket.OPEN) return resolve();
          // Resolves when the text is with the kernel: a slow reader slows down its own events.
          socket.send(text, () => resolve());
        }),
      close: (code, reason) => socket.close(code, reason),
      onMessage: (take) =>
        socket.on('message', (bytes: Buffer) => {
          if (socket.readyState !== socket.OPEN) return;
          if (socket.bufferedAmount > UNREAD_MAX_BYTES) return socket.terminate();
          take(bytes.toString()).catch(fail);
        }),
    },
    {
      request,
      isOpen: () => socket.readyState === socket.OPEN,
      close: (code, reason) => socket.close(code, reason),
    },
  );
  // A message above the limit or a broken frame: ws answers with the fitting code and closes.
  socket.on('error', (error) => log.debug({ reason: error.message }, 'socket broke'));
  socket.once('close', (code, reason) => {
    Promise.resolve(closed(code, reason.toString())).catch((error: unknown) =>
      log.error({ err: error }, 'socket did not close cleanly'),
    );
  });
}

function refuseUpgrade(socket: Duplex, status: 403 | 503): void {
  const head = `HTTP/1.1 ${status} ${STATUS_CODES[status]}`;
  socket.end(`${head}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`);
}

/** The close code for a token that is missing, refused or over. */
export const FORBIDDEN_CLOSE_CODE = CloseCode.Forbidden;
/** The close code for a client that can do nothing but wait. */
export const TRY_AGAIN_LATER_CLOSE_CODE = 1013;
