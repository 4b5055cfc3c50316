// A provider's API that tells lies: in front of the carriers, it takes what is handed over and answers what it likes.
import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export const LIES = [
  'error in a success',
  'page',
  'huge',
  'endless',
  'empty',
  'cut short',
] as const;
export type Lie = (typeof LIES)[number];

export interface LyingProxy {
  readonly url: string;
  /** Null: the truth. What is lied about never reaches the carrier. */
  tell(lie: Lie | null): void;
  /** Lies told so far. */
  readonly count: number;
  close(): Promise<void>;
}

const HUGE_BYTES = 10 * 1024 * 1024;
const PIECE = Buffer.alloc(65_536, '{"sid":"');

/** Lies only about requests whose path matches; all others pass. */
export async function startLyingProxy(target: number, about: RegExp): Promise<LyingProxy> {
  let lie: Lie | null = null;
  let count = 0;
  const server = createServer((incoming, response) => {
    const isAbout = incoming.method === 'POST' && about.test(incoming.url ?? '');
    if (lie === null || !isAbout) return passOn(target, incoming, response);
    count += 1;
    incoming.resume();
    answer(lie, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    tell: (told) => (lie = told),
    get count() {
      return count;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function passOn(port: number, incoming: IncomingMessage, response: ServerResponse): void {
  const { method, url: path, headers } = incoming;
  const onward = request({ host: '127.0.0.1', port, method, path, headers }, (answered) => {
    response.writeHead(answered.statusCode ?? 502, answered.headers);
    answered.pipe(response);
    answered.on('error', () => response.destroy());
  });
  onward.on('error', () => response.destroy());
  response.on('close', () => onward.destroy());
  incoming.pipe(onward);
}

function answer(lie: Lie, response: ServerResponse): void {
  const json = { 'content-type': 'application/json' };
  switch (lie) {
    case 'error in a success':
      response.writeHead(200, json);
      response.end('{"error":{"code":500,"message":"Internal error","status":"INTERNAL"}}');
      return;
    case 'page':
      response.writeHead(200, { 'content-type': 'text/html' });
      response.end('<html><title>Sign in to the network</title></html>');
      return;
    case 'huge':
      response.writeHead(201, { ...json, 'content-length': HUGE_BYTES });
      pour(response, HUGE_BYTES / PIECE.length);
      return;
    case 'endless':
      response.writeHead(201, json);
      pour(response, Infinity);
      return;
    case 'empty':
      response.writeHead(200, json);
      response.end();
      return;
    case 'cut short':
      response.writeHead(201, { ...json, 'content-length': 1_000 });
      response.write('{"sid":"SM', () => response.destroy());
  }
}

/** As fast as it is read. */
function pour(response: ServerResponse, pieces: number): void {
  let left = pieces;
  const more = (): void => {
    while (left > 0 && !response.destroyed) {
      left -= 1;
      if (!response.write(PIECE)) {
        response.once('drain', more);
        return;
      }
    }
    response.end();
  };
  more();
}
