// A gateway over the library's subgraphs with real sockets, in one process or apart, and the clients to talk to it.
import { randomBytes, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLocalJWKSet } from 'jose';
import { request } from 'undici';
import { WebSocket } from 'ws';
import { createAuthenticate } from '../../gateway/authenticate.ts';
import { openDevelopmentIssuer } from '../../gateway/development-issuer.ts';
import { createGateway } from '../../gateway/index.ts';
import { gatewayOptions, type GatewaySettings } from '../../gateway/options.ts';
import type { SubgraphAddress } from '../../gateway/transports.ts';
import { readConfig } from '../../platform/config.ts';
import {
  createHttpServer,
  type HttpServer,
  type HttpServerOptions,
} from '../../platform/http-server.ts';
import { createMetrics } from '../../platform/metrics.ts';
import type { SignatureKeys } from '../../platform/request-signature.ts';
import { createSubgraphServer, type SubgraphServer } from '../../platform/subgraph-server.ts';
import { createLibrary } from './library.ts';
import { recordingLog } from './recording-log.ts';

export const GRAPHQL = '/graphql';
export type Topology = 'local' | 'remote';

export interface HarnessOptions {
  readonly topology: Topology;
  readonly production?: boolean;
  readonly settings?: Partial<GatewaySettings>;
}

export interface PostOptions {
  readonly token?: string;
  readonly variables?: Record<string, unknown>;
  readonly headers?: Record<string, string>;
  readonly path?: string;
}

/** A GraphQL result as clients see it. */
export interface Result {
  readonly data?: Readonly<Record<string, unknown>> | null;
  readonly errors?: readonly {
    readonly message: string;
    readonly path?: readonly unknown[];
    readonly extensions: Readonly<Record<string, unknown>>;
  }[];
}

/** A message of the graphql-transport-ws protocol. */
export interface SocketMessage {
  readonly type: string;
  readonly id?: string;
  readonly payload?: Result;
}

export interface Answer {
  readonly status: number;
  readonly headers: Record<string, string | string[] | undefined>;
  readonly text: string;
  readonly json: Result;
}

export type Harness = Awaited<ReturnType<typeof startHarness>>;

export async function startHarness({
  topology,
  production = false,
  settings = {},
}: HarnessOptions) {
  const library = createLibrary();
  const { log, lines } = recordingLog();
  const clock = { offsetMs: 0, now: () => Date.now() + clock.offsetMs };
  const directory = await mkdtemp(join(tmpdir(), 'parley-gateway-'));
  const newId = () => randomUUID();
  const rules = { issuer: 'https://issuer.test', audience: 'parley', clock };
  const issuer = await openDevelopmentIssuer({ ...rules, directory, newId });
  const keys: SignatureKeys = [randomBytes(32)];
  const opened: HttpServer[] = [];
  const subgraphServers: SubgraphServer[] = [];
  const openServer = async (parts: Partial<HttpServerOptions>, port = 0) => {
    const server = createHttpServer({ routes: [], readiness: {}, log, newId, ...parts });
    opened.push(server);
    return { server, port: await server.listen(port, '127.0.0.1') };
  };
  const subgraphs: Record<string, SubgraphAddress> = {};
  const remote = new Map<
    string,
    { url: string; port: number; server: HttpServer; own: SubgraphServer }
  >();
  for (const subgraph of library.subgraphs) {
    const { name, schema, contextFor } = subgraph;
    if (topology === 'local') {
      subgraphs[name] = { kind: 'local', schema, contextFor };
    } else {
      const own = await createSubgraphServer({ subgraph, contextFor, keys, clock, newId, log });
      subgraphServers.push(own);
      const parts = { routes: [own.route], upgrades: { [own.path]: own.upgrade } };
      const { server, port } = await openServer(parts);
      const url = `http://127.0.0.1:${port}`;
      remote.set(name, { url, port, server, own });
      subgraphs[name] = { kind: 'remote', url };
    }
  }
  const defaults = readConfig({ gateway: gatewayOptions }, {}).gateway;
  const metrics = createMetrics({ withProcess: false });
  const gateway = await createGateway({
    supergraphSdl: library.supergraphSdl,
    subgraphs,
    authenticate: createAuthenticate({ ...rules, keys: createLocalJWKSet(issuer.jwks), log }),
    signatureKeys: keys,
    settings: { ...defaults, ...settings },
    production,
    log,
    metrics,
    clock,
    newId,
  });
  const { port } = await openServer({
    listeners: { [GRAPHQL]: gateway.handle },
    upgrades: { [GRAPHQL]: gateway.upgrade },
  });
  const origin = `http://127.0.0.1:${port}`;
  const mint = (tenant: string, change: { scopes?: string[]; ttlSeconds?: number } = {}) =>
    issuer.mintToken({
      tenant,
      subject: `user of ${tenant}`,
      scopes: change.scopes ?? ['books:write'],
      ttlSeconds: change.ttlSeconds ?? 300,
    });
  return {
    origin,
    webSocketUrl: `${origin.replace('http', 'ws')}${GRAPHQL}`,
    record: library.record,
    supergraphSdl: library.supergraphSdl,
    issuer,
    clock,
    lines,
    keys,
    remote,
    gateway,
    metrics,
    mint,
    openServer,
    post: (body: unknown, options: PostOptions = {}) => post(origin, body, options),
    async close() {
      await gateway.close();
      await Promise.all(subgraphServers.map((server) => server.close()));
      await Promise.all(opened.map((server) => server.close(1_000)));
      await rm(directory, { recursive: true });
    },
  };
}

/** A text is sent as a query; anything else as the body it is. */
async function post(origin: string, body: unknown, options: PostOptions): Promise<Answer> {
  const sent =
    typeof body === 'string' ? { query: body, variables: options.variables ?? {} } : body;
  const answer = await request(origin + (options.path ?? GRAPHQL), {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(options.token === undefined ? {} : { authorization: `Bearer ${options.token}` }),
      ...options.headers,
    },
    body: Buffer.isBuffer(sent) ? sent : JSON.stringify(sent),
  });
  const text = await answer.body.text();
  const json = text.startsWith('{') ? (JSON.parse(text) as Result) : {};
  return { status: answer.statusCode, headers: answer.headers, text, json };
}

/** A WebSocket that speaks graphql-transport-ws as the test says, and remembers what it got. */
export class RawSocket {
  readonly socket: WebSocket;
  readonly closed: Promise<[number, string]>;
  readonly #received: SocketMessage[] = [];
  #wake: () => void = () => undefined;

  constructor(url: string, headers: Record<string, string> = {}) {
    this.socket = new WebSocket(url, 'graphql-transport-ws', { headers });
    this.socket.on('error', () => undefined);
    this.closed = once(this.socket, 'close').then(([code, reason]) => {
      this.#wake();
      return [code as number, String(reason)];
    });
    this.socket.on('message', (bytes: Buffer) => {
      this.#received.push(JSON.parse(bytes.toString()) as SocketMessage);
      this.#wake();
    });
  }

  async open(token?: string): Promise<this> {
    // It may have opened while the caller made its token.
    if (this.socket.readyState === WebSocket.CONNECTING) await once(this.socket, 'open');
    if (token !== undefined) {
      this.send({ type: 'connection_init', payload: { authorization: `Bearer ${token}` } });
      const { type } = await this.next();
      if (type !== 'connection_ack') throw new Error(`expected an acknowledgement, got ${type}`);
    }
    return this;
  }

  send(message: unknown): void {
    this.socket.send(typeof message === 'string' ? message : JSON.stringify(message));
  }

  subscribe(id: string, query: string, variables: Record<string, unknown> = {}): void {
    this.send({ id, type: 'subscribe', payload: { query, variables } });
  }

  /** The next message; rejects when the socket closes before it comes. */
  async next(): Promise<SocketMessage> {
    for (;;) {
      const message = this.#received.shift();
      if (message !== undefined) return message;
      if (this.socket.readyState === WebSocket.CLOSED) throw new Error('the socket is closed');
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  async close(): Promise<void> {
    this.socket.close();
    await this.closed;
  }
}
