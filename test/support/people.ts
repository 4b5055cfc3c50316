// Recipients and consent on a real database, a real keystore and the carrier simulator, asked by GraphQL as the gateway asks.
import 'reflect-metadata';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { graphql, parse, subscribe, type ExecutionResult } from 'graphql';
import { Client } from 'pg';
import { buildSubgraphs, definitions } from '../../parts.ts';
import type { Kms } from '../../crypto/kms.ts';
import { createWebAuthnAttestation } from '../../crypto/attestation-webauthn.ts';
import { openFileKms } from '../../crypto/kms-file.ts';
import { parseMasterKey } from '../../crypto/master-key.ts';
import { Listeners, type Bus } from '../../platform/bus.ts';
import { Database } from '../../platform/database.ts';
import { roleUrl } from '../../platform/migrate.ts';
import type { Principal } from '../../platform/principal.ts';
import { createUuidV7 } from '../../platform/uuid-v7.ts';
import { retentionDays } from '../../subgraphs/consent/domain/retention.ts';
import { createConsent } from '../../subgraphs/consent/index.ts';
import type { ConsentDeps } from '../../subgraphs/consent/deps.ts';
import type { RecipientsWork } from '../../subgraphs/recipients/deps.ts';
import { createDataKeys } from '../../subgraphs/recipients/data-keys.ts';
import { consentSubjects, deviceOwners } from '../../subgraphs/recipients/facts.ts';
import { writeCheckpoints } from '../../subgraphs/consent/write-checkpoints.ts';
import { createPseudonyms } from '../../subgraphs/recipients/pseudonyms.ts';
import { createRecipients } from '../../subgraphs/recipients/index.ts';
import type { CapabilityProvider } from '../../subgraphs/recipients/ports.ts';
import { createTestDatabase } from './database.ts';
import { openOutside } from './outside.ts';
import { recordingLog } from './recording-log.ts';

export const CAPABILITY_TTL_SECONDS = 3_600;
/** What consent is told by its options. */
export const CONSENT_SETTINGS = { checkpointMs: 100, crmTimeoutMs: 5_000, ...retentionDays };
const SCOPES = [
  'recipients:read',
  'recipients:write',
  'recipients:admin',
  'consent:read',
  'consent:write',
];

export type SchemaName = 'recipients' | 'consent' | 'messages';

export interface Asker {
  readonly tenantId?: string;
  readonly scopes?: readonly string[];
}

/** What GraphQL answered. Tests reach into it by name. */
// oxlint-disable-next-line typescript/no-explicit-any
export type Answer = ExecutionResult<any>;

export interface People {
  /** Of the superuser. */
  readonly url: string;
  readonly databases: Readonly<Record<SchemaName, Database>>;
  readonly kms: Kms;
  /** Tests set its time. */
  readonly clock: { time: number; now(): number };
  readonly work: RecipientsWork;
  readonly consentDeps: ConsentDeps;
  /** Every statement of each schema's role. Tests empty it and count. */
  readonly statements: Readonly<Record<SchemaName, string[]>>;
  /** Which topics were woken, in order. */
  readonly woken: readonly string[];
  ask(
    name: 'recipients' | 'consent',
    document: string,
    variables?: object,
    asker?: Asker,
  ): Promise<Answer>;
  /** Opens a stream. Throws what a refused subscription answers. */
  follow(
    name: 'recipients' | 'consent',
    document: string,
    variables?: object,
    asker?: Asker,
  ): Promise<AsyncGenerator<Answer>>;
  /** Signs the consent logs that have grown, as the job does. */
  signLogs(): Promise<void>;
  /** As the superuser, past every policy. */
  sql<Row extends object>(text: string, values?: unknown[]): Promise<Row[]>;
  close(): Promise<void>;
}

/** Everything in one database of its own, with a clock that stands still. */
export async function startPeople(providers: readonly CapabilityProvider[] = []): Promise<People> {
  const directory = await mkdtemp(join(tmpdir(), 'parley-people-'));
  const { url, drop } = await createTestDatabase();
  const kms = await openFileKms({
    path: join(directory, 'keystore'),
    masterKey: parseMasterKey(Buffer.from(randomBytes(32).toString('hex'))),
  });
  const clock = { time: Date.parse('2026-11-20T12:00:00Z'), now: () => clock.time };
  const statements = { recipients: [], consent: [], messages: [] } as Record<SchemaName, string[]>;
  const { log } = recordingLog();
  const open = (schema: SchemaName) =>
    Database.open({
      url: roleUrl(url, schema),
      schema,
      log,
      connectionsMax: 4,
      tables: definitions[schema].tables,
      onStatement: (sql) => statements[schema].push(sql),
    });
  const databases = {
    recipients: await open('recipients'),
    consent: await open('consent'),
    messages: await open('messages'),
  };
  const woken: string[] = [];
  const listeners = new Listeners();
  const bus: Bus = {
    wake: (topic) => {
      woken.push(topic);
      listeners.call(topic);
    },
    listen: (topic, listener) => listeners.add(topic, listener),
    close: async () => {},
  };
  const newUuid = createUuidV7(clock);
  const settings = { capabilityTtlSeconds: CAPABILITY_TTL_SECONDS, capabilityProbesMax: 100 };
  const push = { applicationServerKey: null, admits: (host: string) => host === 'push.example' };
  const deps = { kms, providers, push, bus, clock, newUuid, settings, log };
  const work = {
    ...deps,
    database: databases.recipients,
    dataKeys: createDataKeys({ kms, clock, bus }),
    attestation: createWebAuthnAttestation(),
  };
  const consentDeps = {
    ...deps,
    database: databases.consent,
    ports: { ...createPseudonyms(deps), consentSubjects, deviceOwners },
    random: Math.random,
    outside: openOutside(),
    settings: CONSENT_SETTINGS,
  };
  const parts = {
    recipients: createRecipients({ ...deps, database: databases.recipients }),
    consent: createConsent(consentDeps),
  };
  parts.recipients.start?.();
  parts.consent.start?.();
  const subgraphs = buildSubgraphs();
  const superuser = new Client({ connectionString: url });
  await superuser.connect();
  return {
    url,
    databases,
    kms,
    clock,
    work,
    consentDeps,
    statements,
    woken,
    signLogs: async () => {
      await writeCheckpoints(consentDeps);
    },
    ask: (name, source, variables = {}, asker = {}) =>
      graphql({
        schema: subgraphs[name].schema,
        source,
        variableValues: { ...variables },
        contextValue: parts[name].contextFor(principalOf(asker)),
      }) as Promise<Answer>,
    follow: async (name, source, variables = {}, asker = {}) => {
      const stream = await subscribe({
        schema: subgraphs[name].schema,
        document: parse(source),
        variableValues: { ...variables },
        contextValue: parts[name].contextFor(principalOf(asker)),
      });
      if (Symbol.asyncIterator in stream) return stream as AsyncGenerator<Answer>;
      throw stream.errors?.[0] ?? new Error('no stream');
    },
    sql: async <Row extends object>(text: string, values: unknown[] = []) =>
      (await superuser.query<Row>(text, values)).rows,
    close: async () => {
      await superuser.end();
      await Promise.all([parts.recipients.close(), parts.consent.close()]);
      await databases.messages.close();
      await drop();
      await rm(directory, { recursive: true });
    },
  };
}

export function principalOf({ tenantId = 'acme', scopes = SCOPES }: Asker): Principal {
  return { tenantId, subject: 'service:test', scopes, expiresAt: Number.MAX_SAFE_INTEGER };
}

/** The statements that do something, without those that open, mark and close a transaction. */
export function deeds(statements: readonly string[]): string[] {
  return statements.filter(
    (sql) => !/^(begin|start transaction|commit|rollback|select set_config)/i.test(sql),
  );
}

/** Registers a person with these inputs and answers the public id. */
export async function registered(people: People, input: object, asker?: Asker): Promise<string> {
  const answer = await people.ask(
    'recipients',
    `mutation ($input: RegisterRecipientInput!) {
       registerRecipient(input: $input) { recipient { id } errors { __typename ... on UserError { message } } }
     }`,
    { input },
    asker,
  );
  const id: unknown = answer.data?.registerRecipient?.recipient?.id;
  if (typeof id !== 'string') throw new Error(`not registered: ${JSON.stringify(answer)}`);
  return id;
}
