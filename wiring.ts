// Connects everything: from the configuration to a running process, whatever its roles.
import 'reflect-metadata';
import { randomUUID } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import {
  databaseUrlOf,
  signatureKeysOf,
  SUBGRAPHS,
  type Configuration,
  type SubgraphName,
} from './configuration.ts';
import { openFileKms } from './crypto/kms-file.ts';
import type { Kms } from './crypto/kms.ts';
import { masterKeyFrom } from './crypto/master-key.ts';
import type { Authenticate } from './gateway/authenticate.ts';
import { createGateway, type Gateway } from './gateway/index.ts';
import { readSupergraph } from './gateway/supergraph.ts';
import type { SubgraphAddress } from './gateway/transports.ts';
import { NatsBus } from './platform/bus-nats.ts';
import { PostgresBus } from './platform/bus-postgres.ts';
import { systemClock, type Clock } from './platform/clock.ts';
import { ConfigurationError } from './platform/config.ts';
import { Database } from './platform/database.ts';
import { HttpRefusal } from './platform/http-message.ts';
import { createHttpServer, type NodeListener, type Route } from './platform/http-server.ts';
import type { Log } from './platform/log.ts';
import { buildSubgraphs, createPart, definitions } from './parts.ts';
import { createMetrics, type Metrics } from './platform/metrics.ts';
import type { Part } from './platform/part.ts';
import { DateTime } from './schema/scalars.ts';
import { createSubgraphServer, type SubgraphServer } from './platform/subgraph-server.ts';
import type { Subgraph } from './platform/subgraph.ts';
import { createUuidV7 } from './platform/uuid-v7.ts';
import { createProviders } from './providers/index.ts';

/** The compiled program runs one folder below the project. */
export const PROJECT_DIRECTORY = new URL('../', import.meta.url);

export interface PlatformSettings {
  readonly config: Configuration;
  readonly log: Log;
  readonly authenticate: Authenticate;
  /** The owner's database URL; each part connects with its own role. Null where no part runs here. */
  readonly databaseUrl: string | null;
  readonly clock?: Clock;
  /** Sees every SQL statement of every part: tests count them. */
  readonly onStatement?: (sql: string) => void;
}

export interface Platform {
  readonly port: number;
  /** Stops taking, finishes, releases; within about ten seconds. */
  stop(): Promise<void>;
}

const STOP_DEADLINE_MS = 8_000;
const CONNECTIONS_MAX = 12;

/** Starts the roles of the configuration in this process. The database is migrated. */
export async function startPlatform(settings: PlatformSettings): Promise<Platform> {
  const { config, log } = settings;
  const { roles, port, host } = config.program;
  const clock = settings.clock ?? systemClock;
  const metrics = createMetrics({ withProcess: true });
  const served = SUBGRAPHS.filter((name) => roles.includes(name));
  const needed = roles.includes('workers') ? SUBGRAPHS : served;
  const subgraphs = buildSubgraphs();
  const closing: (() => Promise<unknown>)[] = [];
  const parts = await openParts(settings, { clock, metrics, needed, closing });
  const gateway = roles.includes('gateway')
    ? await openGateway(settings, { clock, metrics, subgraphs, parts, served })
    : null;
  const doors =
    gateway === null ? await openSubgraphDoors(settings, { clock, subgraphs, parts, served }) : [];

  const ofServed = [...parts.values()].filter((part) => served.includes(part.name as SubgraphName));
  const http = createHttpServer({
    routes: [
      metrics.route,
      ...ofServed.flatMap((part): readonly Route[] => part.routes),
      ...doors.map((door) => door.route),
    ],
    listeners: {
      ...(gateway === null ? {} : { '/graphql': gateway.handle }),
      ...uploadListeners(ofServed, settings.authenticate),
    },
    upgrades: {
      ...(gateway === null ? {} : { '/graphql': gateway.upgrade }),
      ...Object.fromEntries(doors.map((door) => [door.path, door.upgrade])),
    },
    readiness: {
      ...(gateway === null ? {} : { gateway: () => gateway.ready() }),
      ...Object.fromEntries([...parts.values()].map((part) => [part.name, () => part.ready()])),
    },
    log,
    proxyHops: config.program.proxyHops,
    newId: randomUUID,
  });
  for (const part of ofServed) part.start?.();
  const listening = await http.listen(port, host);
  const jobs = roles.includes('workers') ? [...parts.values()].flatMap((part) => part.jobs) : [];
  for (const job of jobs) job.start();
  log.info({ roles, port: listening }, 'platform started');

  return {
    port: listening,
    async stop() {
      http.drain();
      // Jobs first: what they have in hand is recorded while everything they need is still there.
      await Promise.all(jobs.map((job) => job.stop()));
      await gateway?.close();
      await Promise.all(doors.map((door) => door.close()));
      await http.close(STOP_DEADLINE_MS);
      for (const close of closing.toReversed()) await close();
      log.info({ roles }, 'platform stopped');
    },
  };
}

/** What is uploaded comes to the part itself, past the gateway, so the token is verified here. */
function uploadListeners(
  parts: readonly Part[],
  authenticate: Authenticate,
): Record<string, NodeListener> {
  const uploads = parts.flatMap((part) => part.uploads ?? []);
  return Object.fromEntries(
    uploads.map((upload) => [
      upload.path,
      async (request, response) => {
        if (request.method !== 'POST') {
          throw new HttpRefusal(405, 'This path takes POST.', { allow: 'POST' });
        }
        const principal = await authenticate(request.headers.authorization);
        await upload.handle({ principal, request, response });
      },
    ]),
  );
}

interface Opening {
  readonly clock: Clock;
  readonly metrics: Metrics;
  readonly needed: readonly SubgraphName[];
  /** How to close what was opened, in the order of opening. */
  readonly closing: (() => Promise<unknown>)[];
}

async function openParts(
  settings: PlatformSettings,
  { clock, metrics, needed, closing }: Opening,
): Promise<ReadonlyMap<SubgraphName, Part>> {
  if (needed.length === 0) return new Map();
  const { config, log } = settings;
  const publicUrl = config.program.publicUrl ?? `http://localhost:${config.program.port}`;
  const newUuid = createUuidV7(clock);
  const kms = await openKms(config, log);
  const [anyPart = 'messages'] = needed;
  const { natsUrl } = config.program;
  const bus =
    natsUrl === null
      ? await PostgresBus.open(databaseUrlOf(config, settings.databaseUrl, anyPart), log)
      : await NatsBus.open(natsUrl.reveal(), log);
  closing.push(() => bus.close());
  const callbackBaseUrl = `${config.program.callbackUrl ?? publicUrl}/callbacks`;
  const providers = createProviders(config, {
    callbackBaseUrl,
    clock,
    newUuid,
    random: Math.random,
  });
  closing.push(() => Promise.all(providers.map((provider) => provider.close())));
  const common = { kms, bus, clock, newUuid, log, metrics };
  const parts = new Map<SubgraphName, Part>();
  for (const name of needed) {
    const database = await Database.open({
      url: databaseUrlOf(config, settings.databaseUrl, name),
      schema: definitions[name].schema,
      tables: definitions[name].tables,
      connectionsMax: CONNECTIONS_MAX,
      log,
      ...(settings.onStatement && { onStatement: settings.onStatement }),
    });
    const part = createPart(
      name,
      { ...common, database },
      { config, providers, callbackBaseUrl, publicUrl },
    );
    closing.push(() => part.close());
    parts.set(name, part);
  }
  return parts;
}

async function openGateway(
  settings: PlatformSettings,
  around: {
    clock: Clock;
    metrics: Metrics;
    subgraphs: Readonly<Record<SubgraphName, Subgraph>>;
    parts: ReadonlyMap<SubgraphName, Part>;
    served: readonly SubgraphName[];
  },
): Promise<Gateway> {
  const { config, log, authenticate } = settings;
  const { clock, metrics, subgraphs, parts, served } = around;
  const addressOf = (name: SubgraphName): SubgraphAddress => {
    const part = parts.get(name);
    if (part !== undefined && served.includes(name)) {
      const { schema } = subgraphs[name];
      return { kind: 'local', schema, contextFor: (principal) => part.contextFor(principal) };
    }
    const url = config.program[`${name}Url`];
    if (url !== null) return { kind: 'remote', url: `${url}/subgraphs/${name}` };
    throw new ConfigurationError(
      `ROLES has no ${name}, so the gateway needs ${name.toUpperCase()}_URL.`,
    );
  };
  const remote = SUBGRAPHS.some((name) => !served.includes(name));
  return createGateway({
    supergraphSdl: await readSupergraph(new URL('schema/supergraph.graphql', PROJECT_DIRECTORY)),
    subgraphs: Object.fromEntries(SUBGRAPHS.map((name) => [name, addressOf(name)])),
    scalars: [DateTime],
    authenticate,
    ...(remote && { signatureKeys: signatureKeysOf(config) }),
    settings: config.gateway,
    production: config.program.environment === 'production',
    log,
    metrics,
    clock,
    newId: randomUUID,
  });
}

async function openSubgraphDoors(
  settings: PlatformSettings,
  around: {
    clock: Clock;
    subgraphs: Readonly<Record<SubgraphName, Subgraph>>;
    parts: ReadonlyMap<SubgraphName, Part>;
    served: readonly SubgraphName[];
  },
): Promise<readonly SubgraphServer[]> {
  const { clock, subgraphs, parts, served } = around;
  return Promise.all(
    served.map((name) => {
      const part = parts.get(name);
      return createSubgraphServer({
        subgraph: subgraphs[name],
        contextFor: (principal) => part?.contextFor(principal) ?? {},
        keys: signatureKeysOf(settings.config),
        clock,
        newId: randomUUID,
        log: settings.log,
      });
    }),
  );
}

async function openKms(config: Configuration, log: Log): Promise<Kms> {
  const { dataDirectory, environment, credentialsDirectory, masterKey, masterKeyFile } =
    config.program;
  await mkdir(dataDirectory, { recursive: true });
  const path = join(dataDirectory, 'keystore.jwe');
  const found = await masterKeyFrom({
    credentialsDirectory,
    masterKeyFile,
    masterKey: masterKey?.reveal(),
    besidePath: path,
    production: environment === 'production',
  });
  if (found.warning !== null) log.warn(found.warning);
  return openFileKms({ path, masterKey: found.masterKey });
}
