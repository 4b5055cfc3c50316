// A whole platform for a test: real processes in either topology, a database of its own, and carriers in this process.
import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { createClient, type Client } from 'graphql-ws';
import { WebSocket } from 'ws';
import { openDevelopmentIssuer, type DevelopmentIssuer } from '../../gateway/development-issuer.ts';
import { systemClock } from '../../platform/clock.ts';
import { findFreePort } from '../../platform/free-port.ts';
import { startCarrier, type Carrier } from '../../simulator/index.ts';
import { providerVariables } from '../../simulator/variables.ts';
import { SCOPES } from '../../parts.ts';
import { createTestDatabase, type TestDatabase } from './database.ts';

/** `senders`: the workers apart, everything else together. */
export type Topology = 'together' | 'apart' | 'senders';

/** What GraphQL answered. Tests reach into it by name. */
// eslint-disable-next-line typescript/no-explicit-any
export type Json = any;

export interface Parley {
  readonly url: string;
  /** Where a role is served, `consent` for one. */
  urlOf(role: string): string;
  readonly carrier: Carrier;
  readonly databaseUrl: string;
  readonly historyPath: string;
  token(claims?: { tenant?: string; scopes?: readonly string[] }): Promise<string>;
  /** Posts to the gateway, or to another one of the same platform. `token` null sends none. */
  ask(query: string, variables?: object, token?: string | null, at?: string): Promise<Json>;
  /** A WebSocket client of the gateway, closed with the platform. */
  sockets(token?: string): Promise<Client>;
  /** Runs another process of the same program; the roles it has are its name. On any port, unless PORT says which. */
  run(roles: string, variables?: Record<string, string>): Promise<ChildProcess>;
  /** SIGKILL, and waits until it is gone. */
  kill(child: ChildProcess): Promise<void>;
  /** The processes that are workers, the killed ones too. */
  workers(): readonly ChildProcess[];
  /** All processes, in the order of their starts. */
  processes(): readonly ChildProcess[];
  stop(): Promise<void>;
}

const groupsOf: Readonly<Record<Topology, readonly string[]>> = {
  together: ['gateway,recipients,consent,messages,delivery,workers'],
  apart: ['recipients', 'consent', 'messages', 'delivery', 'workers', 'gateway'],
  senders: ['gateway,recipients,consent,messages,delivery', 'workers'],
};
const TENANT = 'acme';

export interface Surroundings {
  /** The database, where it is not a clone of the template. */
  readonly openDatabase?: () => Promise<TestDatabase>;
  /** Keeps the carriers' history, and what the processes log, after the platform is gone. */
  readonly keepIn?: string;
}

type Variables = Record<string, string>;

/** Starts it, and resolves when every process serves. */
export async function startParley(
  topology: Topology,
  variables:
    Variables | ((carrier: Carrier, directory: string) => Variables | Promise<Variables>) = {},
  { openDatabase = createTestDatabase, keepIn }: Surroundings = {},
): Promise<Parley> {
  const directory = await mkdtemp(join(tmpdir(), 'parley-e2e-'));
  const database = await openDatabase();
  const groups = groupsOf[topology];
  const ports = new Map<string, number>();
  for (const roles of groups) ports.set(roles, await findFreePort());
  const urlOf = (role: string) => {
    const group = groups.find((roles) => roles.split(',').includes(role)) ?? '';
    return `http://127.0.0.1:${ports.get(group)}`;
  };
  const historyPath = join(keepIn ?? directory, 'carriers.jsonl');
  const log = keepIn === undefined ? null : await open(join(keepIn, 'processes.log'), 'a');
  const callbacks = `${urlOf('delivery')}/callbacks`;
  const carrier = await startCarrier({
    historyPath,
    webhooks: { rbm: `${callbacks}/google-rbm`, twilio: `${callbacks}/twilio` },
  });
  const common: Record<string, string> = {
    ...(await providerVariables(carrier, join(directory, 'service-account.json'))),
    DATABASE_URL: database.url,
    DATA_DIRECTORY: directory,
    PUBLIC_URL: urlOf('messages'),
    CALLBACK_URL: urlOf('delivery'),
    LOG_LEVEL: 'warn',
    GATEWAY_SIGNATURE_KEY: randomBytes(32).toString('base64'),
    ...Object.fromEntries(
      ['recipients', 'consent', 'messages', 'delivery'].map((name) => [
        `${name.toUpperCase()}_URL`,
        urlOf(name),
      ]),
    ),
    ...(typeof variables === 'function' ? await variables(carrier, directory) : variables),
  };
  const children: ChildProcess[] = [];
  const workers: ChildProcess[] = [];
  const run = async (roles: string, more: Record<string, string> = {}): Promise<ChildProcess> => {
    const port = more['PORT'] ?? String(ports.get(roles) ?? (await findFreePort()));
    const environment = { ...common, ...more, ROLES: roles, PORT: port };
    const child = await startProcess(environment, log?.fd ?? 'inherit');
    children.push(child);
    if (roles.includes('workers')) workers.push(child);
    return child;
  };
  // The first one migrates, the others find it done.
  for (const roles of groups) await run(roles);

  const issuer = await openDevelopmentIssuer({
    directory,
    issuer: 'parley-development',
    audience: 'parley',
    clock: systemClock,
    newId: randomUUID,
  });
  const token = tokenMaker(issuer);
  const clients: Client[] = [];
  const url = urlOf('gateway');
  return {
    url,
    urlOf,
    carrier,
    databaseUrl: database.url,
    historyPath,
    workers: () => workers,
    processes: () => children,
    token,
    run,
    kill: (child) => end(child, 'SIGKILL'),
    async ask(query, values = {}, given, at = url) {
      const bearer = given === undefined ? await token() : given;
      const answer = await fetch(`${at}/graphql`, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          ...(bearer === null ? {} : { authorization: `Bearer ${bearer}` }),
        },
        body: JSON.stringify({ query, variables: values }),
      });
      return answer.json();
    },
    async sockets(given) {
      const bearer = given ?? (await token());
      const client = createClient({
        url: `${url.replace('http', 'ws')}/graphql`,
        webSocketImpl: WebSocket,
        connectionParams: { authorization: `Bearer ${bearer}` },
        retryAttempts: 0,
      });
      clients.push(client);
      return client;
    },
    async stop() {
      for (const client of clients) await client.dispose();
      await Promise.all(children.toReversed().map((child) => end(child, 'SIGTERM')));
      await carrier.close();
      await log?.close();
      await database.drop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

function tokenMaker(issuer: DevelopmentIssuer): Parley['token'] {
  return ({ tenant = TENANT, scopes = SCOPES } = {}) =>
    issuer.mintToken({ tenant, subject: 'tester', scopes, ttlSeconds: 600 });
}

/** Resolves at the line that says it is ready. */
async function startProcess(
  variables: Record<string, string>,
  log: number | 'inherit',
): Promise<ChildProcess> {
  const main = new URL('../../main.js', import.meta.url).pathname;
  const child = spawn(process.execPath, ['--no-warnings', main, 'start'], {
    env: { PATH: process.env['PATH'], ...variables },
    stdio: ['ignore', 'pipe', log],
  });
  const { stdout } = child;
  if (stdout === null) throw new TypeError('the output of a child is a pipe');
  for await (const line of createInterface({ input: stdout })) {
    if (!line.startsWith('Parley is ready')) continue;
    stdout.resume();
    return child;
  }
  throw new Error(`a process with the roles ${variables['ROLES']} did not start`);
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill(signal);
  await ended;
}
