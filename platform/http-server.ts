// A small HTTP server: routes that get raw bytes, limits, health, upgrades, and an end that finishes what it began.
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { clientAddress } from './client-address.ts';
import { ApiError } from './errors.ts';
import { errorAnswer, HttpRefusal, readBody, sendAnswer, type HttpAnswer } from './http-message.ts';
import type { Log } from './log.ts';

export interface HttpRequest {
  readonly method: string;
  /** Path and query exactly as they came: some signatures cover them. */
  readonly url: string;
  readonly path: string;
  readonly query: URLSearchParams;
  /** What stood in the place of `:name` in the route's path, decoded. */
  readonly params: Readonly<Record<string, string>>;
  readonly headers: IncomingHttpHeaders;
  /** Who asks, as limits count it; see client-address.ts. */
  readonly client: string;
  /** The raw bytes, so that signatures are checked before anything is parsed. Empty without a body. */
  readonly body: Buffer;
}

export interface Route {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Exact, or with segments like `:name` that take one segment each. */
  readonly path: string;
  /** Larger bodies are refused with 413 while they are read. */
  readonly bodyMaxBytes: number;
  /** A thrown ApiError is answered with its status; anything else is a 500 with an incident id. */
  handle(request: HttpRequest): Promise<HttpAnswer>;
}

/** Owns its answer, for what is not one request and one answer. A throw is answered like a route's. */
export type NodeListener = (request: IncomingMessage, response: ServerResponse) => Promise<void>;
export type UpgradeListener = (request: IncomingMessage, socket: Duplex, head: Buffer) => void;

export interface HttpServerOptions {
  readonly routes: readonly Route[];
  /** By exact path; asked before the routes. */
  readonly listeners?: Readonly<Record<string, NodeListener>>;
  /** By exact path; an upgrade elsewhere is refused. */
  readonly upgrades?: Readonly<Record<string, UpgradeListener>>;
  /** What must hold for `/health/ready`; a check that throws or takes two seconds does not hold. */
  readonly readiness: Readonly<Record<string, () => boolean | Promise<boolean>>>;
  readonly log: Log;
  /** Proxies of ours that stand in front; 0 when left out. */
  readonly proxyHops?: number;
  /** Makes incident ids. */
  newId(): string;
}

export interface HttpServer {
  /** Resolves with the port: the given one, or a free one for 0. */
  listen(port: number, host: string): Promise<number>;
  /** Not ready from now on, while requests are still taken: for load balancers to notice. */
  drain(): void;
  /** Stops accepting, lets running requests finish, and after `deadlineMs` destroys what is left. */
  close(deadlineMs: number): Promise<void>;
}

const HEADERS_TIMEOUT_MS = 5_000;
const CONNECTIONS_CHECK_MS = 1_000;
const READINESS_TIMEOUT_MS = 2_000;

export function createHttpServer(options: HttpServerOptions): HttpServer {
  let draining = false;
  const sockets = new Set<Duplex>();
  const running = new Set<ServerResponse>();
  const health: Route[] = [
    healthRoute('/health/live', async () => ({ live: true })),
    healthRoute('/health/ready', async () => ({
      accepting: !draining,
      ...(await readinessOf(options)),
    })),
  ];
  const routes = [...health, ...options.routes].map(compileRoute);
  const server = createServer({
    // Not for the whole request: an upload takes as long as it takes. Bodies are timed where they are read.
    requestTimeout: 0,
    headersTimeout: HEADERS_TIMEOUT_MS,
    connectionsCheckingInterval: CONNECTIONS_CHECK_MS,
  });
  server.on('request', (request, response) => {
    response.setHeader('x-content-type-options', 'nosniff');
    if (draining) response.setHeader('connection', 'close');
    running.add(response);
    response.once('close', () => running.delete(response));
    void answer(request, response, routes, options);
  });
  server.on('upgrade', (request, socket, head) => {
    const listener = draining ? undefined : options.upgrades?.[targetOf(request).pathname];
    if (listener !== undefined) listener(request, socket, head);
    else socket.end('HTTP/1.1 404 Not Found\r\nconnection: close\r\ncontent-length: 0\r\n\r\n');
  });
  // Upgraded sockets are no longer known to the server, so every connection is remembered here.
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  return {
    listen: (port, host) =>
      new Promise((resolve, reject) => {
        server.once('error', reject);
        server.listen(port, host, () => {
          server.off('error', reject);
          resolve((server.address() as AddressInfo).port);
        });
      }),
    drain() {
      draining = true;
    },
    async close(deadlineMs) {
      draining = true;
      if (!server.listening) return;
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeIdleConnections();
      for (const response of running) {
        if (!response.headersSent) response.setHeader('connection', 'close');
      }
      const deadline = setTimeout(() => sockets.forEach((socket) => socket.destroy()), deadlineMs);
      await closed;
      clearTimeout(deadline);
    },
  };
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  routes: readonly CompiledRoute[],
  options: HttpServerOptions,
): Promise<void> {
  try {
    const target = targetOf(request);
    const listener = options.listeners?.[target.pathname];
    if (listener !== undefined) return await listener(request, response);
    const { route, params } = findRoute(routes, request, target.pathname);
    const body = await readBody(request, route.bodyMaxBytes);
    const result = await route.handle({
      method: route.method,
      url: request.url ?? '/',
      path: target.pathname,
      query: target.searchParams,
      params,
      headers: request.headers,
      client: clientOf(request, options.proxyHops ?? 0),
      body,
    });
    sendAnswer(response, result);
  } catch (error) {
    refuse(error, response, options);
  }
}

function refuse(error: unknown, response: ServerResponse, { log, newId }: HttpServerOptions): void {
  const incidentId = error instanceof ApiError ? null : newId();
  if (incidentId !== null) log.error({ incidentId, err: error }, 'request failed');
  if (response.headersSent || response.destroyed) response.destroy();
  else sendAnswer(response, errorAnswer(error, incidentId));
}

interface CompiledRoute {
  readonly route: Route;
  readonly segments: readonly string[];
}

function compileRoute(route: Route): CompiledRoute {
  return { route, segments: route.path.split('/') };
}

function findRoute(routes: readonly CompiledRoute[], request: IncomingMessage, path: string) {
  const segments = path.split('/');
  const matching = routes.flatMap(({ route, segments: pattern }) => {
    const params = matchSegments(pattern, segments);
    return params === null ? [] : [{ route, params }];
  });
  const found = matching.find(({ route }) => route.method === request.method);
  if (found !== undefined) return found;
  if (matching.length === 0) throw new ApiError('NOT_FOUND', 'Nothing is served at this path.');
  const allow = matching.map(({ route }) => route.method).join(', ');
  throw new HttpRefusal(405, `This path takes ${allow}.`, { allow });
}

function matchSegments(pattern: readonly string[], segments: readonly string[]) {
  if (pattern.length !== segments.length) return null;
  const params: Record<string, string> = {};
  for (const [index, expected] of pattern.entries()) {
    const actual = segments[index] ?? '';
    if (!expected.startsWith(':')) {
      if (expected !== actual) return null;
    } else {
      const value = decodeSegment(actual);
      if (value === '') return null;
      params[expected.slice(1)] = value;
    }
  }
  return params;
}

function decodeSegment(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    throw new HttpRefusal(400, 'The path is not well encoded.');
  }
}

function clientOf({ socket, headers }: IncomingMessage, proxyHops: number): string {
  const forwarded = headers['x-forwarded-for'];
  return clientAddress(socket.remoteAddress, forwarded?.toString(), proxyHops);
}

function targetOf(request: IncomingMessage): URL {
  const target = request.url ?? '/';
  const url = target.startsWith('/') ? URL.parse(`http://host${target}`) : null;
  if (url === null) throw new HttpRefusal(400, 'The request target is not a path.');
  return url;
}

function healthRoute(path: string, check: () => Promise<Record<string, boolean>>): Route {
  const handle = async (): Promise<HttpAnswer> => {
    const checks = await check();
    const status = Object.values(checks).every(Boolean) ? 200 : 503;
    return { status, json: checks };
  };
  return { method: 'GET', path, bodyMaxBytes: 0, handle };
}

async function readinessOf(options: HttpServerOptions): Promise<Record<string, boolean>> {
  const entries = Object.entries(options.readiness).map(async ([name, check]) => {
    const { promise: late, resolve } = Promise.withResolvers<boolean>();
    const timer = setTimeout(() => resolve(false), READINESS_TIMEOUT_MS);
    const holds = await Promise.race([(async () => check())(), late]).catch(() => false);
    clearTimeout(timer);
    return [name, holds] as const;
  });
  return Object.fromEntries(await Promise.all(entries));
}
