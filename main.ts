// The process: reads its command, starts what it names, and ends it on a signal.
import 'reflect-metadata';
import { spawn, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { createLocalJWKSet } from 'jose';
import { configuration, type Configuration } from './configuration.ts';
import {
  createAuthenticate,
  keysAtUrl,
  keysInFile,
  type Authenticate,
} from './gateway/authenticate.ts';
import { openDevelopmentIssuer } from './gateway/development-issuer.ts';
import { systemClock } from './platform/clock.ts';
import { ConfigurationError, environmentWith, readConfig } from './platform/config.ts';
import { startEmbeddedPostgres } from './platform/embedded-postgres.ts';
import { findFreePort } from './platform/free-port.ts';
import { createLog, type Log } from './platform/log.ts';
import { migrate } from './platform/migrate.ts';
import { printContracts } from './contracts.ts';
import {
  appleVariables,
  providerVariables,
  smtpVariables,
  webPushVariables,
} from './simulator/variables.ts';
import { definitions, SCOPES } from './parts.ts';
import { startPlatform } from './wiring.ts';

const TOKEN_TTL_SECONDS = 7 * 86_400;
const EXIT_DEADLINE_MS = 10_000;

/** What was started, in that order; it is stopped in the other one. */
type Stops = (() => Promise<unknown>)[];

const commands: Readonly<Record<string, (stops: Stops) => Promise<void>>> = {
  start: runStart,
  migrate: runMigrate,
  schema: () => printContracts(),
};

async function runStart(stops: Stops): Promise<void> {
  const log = createLog(readConfig(configuration).program.logLevel);
  endOnSignal(stops, log);
  let config = readConfig(configuration);
  const port = config.program.port === 0 ? await findFreePort() : config.program.port;
  const endpoints: Record<string, string> = { PORT: String(port) };
  await mkdir(config.program.dataDirectory, { recursive: true });
  const carriers = await startCarriers(config, port, stops);
  config = readConfig(configuration, environmentWith({ ...carriers?.variables, ...endpoints }));
  const runsParts = config.program.roles.some((role) => role !== 'gateway');
  const databaseUrl = runsParts ? await openDatabase(config, stops) : null;
  if (databaseUrl !== null) await migrateAll(databaseUrl, log);
  const { authenticate, tokenFile } = await openAuthentication(config, log);
  const platform = await startPlatform({ config, log, authenticate, databaseUrl });
  stops.push(() => platform.stop());
  stops.push(() => rm(endpointsFile(config), { force: true }));
  await greet(config, { tokenFile, carriersUrl: carriers?.controlUrl ?? null });
}

/** Tells other programs on this machine, such as the demo, where everything is while it runs. */
const endpointsFile = (config: Configuration): string =>
  join(config.program.dataDirectory, 'endpoints.json');

async function runMigrate(stops: Stops): Promise<void> {
  const config = readConfig(configuration);
  const url = await openDatabase(config, stops);
  if (url === null)
    throw new ConfigurationError('DATABASE_URL is missing: migrating needs the owner.');
  const applied = await migrate(url, Object.values(definitions));
  console.log(applied.length === 0 ? 'Nothing to migrate.' : `Applied ${applied.join(', ')}.`);
  for (const stop of stops.toReversed()) await stop();
}

async function migrateAll(databaseUrl: string, log: Log): Promise<void> {
  const applied = await migrate(databaseUrl, Object.values(definitions));
  if (applied.length > 0) log.info({ applied }, 'database migrated');
}

/** The owner's URL: the one that is configured, or of the bundled server. Null where each part has its own. */
async function openDatabase(config: Configuration, stops: Stops): Promise<string | null> {
  const { program: options } = config;
  if (options.databaseUrl !== null) return options.databaseUrl.reveal();
  if (options.messagesDatabaseUrl !== null || options.environment === 'production') return null;
  const server = await startEmbeddedPostgres({
    directory: join(options.dataDirectory, 'postgres'),
  });
  stops.push(() => server.stop());
  return server.url;
}

/** In development without an issuer, tokens are our own: one with every scope is left in the data directory. */
async function openAuthentication(
  config: Configuration,
  log: Log,
): Promise<{ authenticate: Authenticate; tokenFile: string | null }> {
  const { jwksUrl, jwksFile, issuer, audience } = config.gateway;
  const rules = { issuer, audience, clock: systemClock, log };
  if (issuer === '' && (jwksUrl !== null || jwksFile !== '')) {
    throw new ConfigurationError('JWT_ISSUER is missing: tokens of any issuer would be taken.');
  }
  if (jwksUrl !== null) {
    return {
      authenticate: createAuthenticate({ ...rules, keys: keysAtUrl(jwksUrl) }),
      tokenFile: null,
    };
  }
  if (jwksFile !== '') {
    const keys = keysInFile(jwksFile, systemClock);
    return { authenticate: createAuthenticate({ ...rules, keys }), tokenFile: null };
  }
  if (config.program.environment === 'production') {
    throw new ConfigurationError('JWT_JWKS_URL or JWT_JWKS_FILE is missing.');
  }
  const directory = config.program.dataDirectory;
  const own = { ...rules, issuer: issuer === '' ? 'parley-development' : issuer };
  const tokens = await openDevelopmentIssuer({ ...own, directory, newId: randomUUID });
  const tokenFile = join(directory, 'development-token');
  const token = await tokens.mintToken({
    tenant: 'demo',
    subject: 'developer',
    scopes: SCOPES,
    ttlSeconds: TOKEN_TTL_SECONDS,
  });
  await writeFile(tokenFile, token, { mode: 0o600 });
  const keys = createLocalJWKSet(tokens.jwks);
  return { authenticate: createAuthenticate({ ...own, keys }), tokenFile };
}

interface Carriers {
  /** What makes them the providers of this platform. */
  readonly variables: Record<string, string>;
  readonly controlUrl: string;
}

/** Simulated carriers, as a process of their own, where development has no provider. */
async function startCarriers(
  config: Configuration,
  port: number,
  stops: Stops,
): Promise<Carriers | null> {
  const { environment, simulator, dataDirectory, callbackUrl, roles } = config.program;
  const { googleRbm, twilio, smpp, smtp, webPush, appleMessages } = config;
  const named = [
    googleRbm.agentId,
    twilio.accountSid,
    smpp.host,
    smtp.host,
    webPush.subject,
    appleMessages.sender,
  ];
  const configured = named.some((name) => name !== '');
  const wanted = simulator === 'auto' && environment === 'development' && roles.includes('workers');
  if (configured || !wanted) return null;
  const callbacks = `${callbackUrl ?? `http://localhost:${port}`}/callbacks`;
  const options = {
    webhooks: {
      rbm: `${callbacks}/google-rbm`,
      twilio: `${callbacks}/twilio`,
      apple: `${callbacks}/apple-messages`,
    },
    historyPath: join(dataDirectory, 'carriers.history.jsonl'),
  };
  const file = new URL('./simulator/main.js', import.meta.url);
  const child = spawn(process.execPath, ['--no-warnings', file.pathname, JSON.stringify(options)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  stops.push(() => endChild(child));
  const ready = JSON.parse(await firstLine(child)) as Parameters<typeof providerVariables>[0];
  const serviceAccountFile = join(dataDirectory, 'rbm-service-account.json');
  return {
    // Reports of delivery are left out: they would need a port that nobody has chosen.
    variables: {
      ...(await providerVariables(ready, serviceAccountFile)),
      ...smtpVariables(ready, 0),
      ...appleVariables(ready),
      ...(await webPushVariables(ready, dataDirectory)),
    },
    controlUrl: `http://127.0.0.1:${ready.ports.control}`,
  };
}

async function firstLine(child: ChildProcess): Promise<string> {
  if (child.stdout === null) throw new TypeError('the output of a child is a pipe');
  const lines = createInterface({ input: child.stdout });
  for await (const line of lines) return line;
  throw new Error('the simulated carriers ended before they listened');
}

async function endChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  await ended;
}

/** Tells people, and the demo by a file, where everything is. */
async function greet(
  config: Configuration,
  { tokenFile, carriersUrl }: { tokenFile: string | null; carriersUrl: string | null },
): Promise<void> {
  const { roles, port, publicUrl } = config.program;
  const url = publicUrl ?? `http://localhost:${port}`;
  if (roles.includes('gateway')) {
    const endpoints = { url, tokenFile, carriersUrl };
    await writeFile(endpointsFile(config), JSON.stringify(endpoints, null, 2));
  }
  const lines = [`Parley is ready: ${roles.join(', ')}`, `  health    ${url}/health/ready`];
  if (roles.includes('gateway'))
    lines.push(`  GraphQL   ${url}/graphql  (a browser gets an editor)`);
  if (carriersUrl !== null) lines.push(`  carriers  ${carriersUrl}  (simulated; control API)`);
  if (tokenFile !== null && roles.includes('gateway')) {
    lines.push(
      `  token     ${tokenFile}  (tenant demo, every scope)`,
      '',
      'A first query:',
      `  curl -s ${url}/graphql -H "authorization: Bearer $(cat ${tokenFile})" \\`,
      `    -H 'content-type: application/json' -d '{"query":"{ __typename }"}'`,
      '',
      'The story of a payment confirmation:  npm run demo',
    );
  }
  console.log(lines.join('\n'));
}

/** SIGTERM and SIGINT stop everything in order; what hangs is cut off. A second signal ends at once. */
function endOnSignal(stops: Stops, log: Log): void {
  let ending = false;
  const end = async (): Promise<void> => {
    for (const stop of stops.toReversed()) {
      await stop().catch((error: unknown) => log.error({ err: error }, 'not stopped cleanly'));
    }
    process.exit(0);
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      if (ending) process.exit(1);
      ending = true;
      setTimeout(() => process.exit(1), EXIT_DEADLINE_MS).unref();
      void end();
    });
  }
}

const [name = 'start'] = process.argv.slice(2);
const command = commands[name];
const stops: Stops = [];
try {
  if (command === undefined) {
    throw new ConfigurationError(`There is no command ${name}; there are start, migrate, schema.`);
  }
  await command(stops);
} catch (error) {
  for (const stop of stops.toReversed()) await stop().catch(() => undefined);
  console.error(error instanceof ConfigurationError ? error.message : error);
  process.exit(error instanceof ConfigurationError ? 2 : 1);
}
