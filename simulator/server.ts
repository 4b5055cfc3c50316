// One HTTP server on the loopback address: reads a request whole, and answers, cuts or hangs as it is told.
import { createServer as createTlsServer } from 'node:https';
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Incoming {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** A text is sent as HTML, as a gateway's error page is; an object as JSON. */
export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: object | string;
}
export type Reply = Answer | 'cut' | 'hang';

export interface LoopbackServer {
  readonly port: number;
  close(): Promise<void>;
}

const BODY_BYTES_MAX = 1_048_576;

/** Port 0 takes a free one. tls: key and certificate (PEM) where it speaks TLS. */
export function listen(
  port: number,
  answer: (incoming: Incoming) => Reply | Promise<Reply>,
  tls: { readonly key: string; readonly certificate: string } | null = null,
): Promise<LoopbackServer> {
  const serve = (request: IncomingMessage, response: ServerResponse): void => {
    readWhole(request)
      .then(async (body) => {
        const { pathname, searchParams } = new URL(request.url ?? '/', 'http://127.0.0.1');
        const { method = 'GET', headers } = request;
        reply(
          response,
          await answer({ method, path: pathname, query: searchParams, headers, body }),
        );
      })
      // A request that broke off, or a fault of ours: either way nobody waits for words.
      .catch(() => response.destroy());
  };
  const server =
    tls === null
      ? createServer(serve)
      : createTlsServer({ key: tls.key, cert: tls.certificate }, serve);
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () =>
      resolve({
        port: (server.address() as AddressInfo).port,
        close: () =>
          new Promise((closed) => {
            server.close(() => closed());
            server.closeAllConnections();
          }),
      }),
    );
  });
}

async function readWhole(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > BODY_BYTES_MAX) throw new Error('the body is too large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function reply(response: ServerResponse, told: Reply): void {
  if (told === 'hang') return;
  if (told === 'cut') {
    response.destroy();
    return;
  }
  const json = typeof told.body === 'object';
  const body = json ? JSON.stringify(told.body) : told.body;
  response.writeHead(told.status, {
    'content-type': json ? 'application/json; charset=utf-8' : 'text/html; charset=utf-8',
    'content-length': Buffer.byteLength(body as string),
    ...told.headers,
  });
  response.end(body);
}
