// The messages subgraph on a real database, asked by GraphQL as the gateway asks, for what editors of templates do.
import 'reflect-metadata';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { graphql } from 'graphql';
import { openFileKms } from '../../crypto/kms-file.ts';
import { parseMasterKey } from '../../crypto/master-key.ts';
import { buildSubgraphs } from '../../parts.ts';
import { Listeners, type Bus } from '../../platform/bus.ts';
import { createUuidV7 } from '../../platform/uuid-v7.ts';
import { createMetrics } from '../../platform/metrics.ts';
import { createMessages } from '../../subgraphs/messages/index.ts';
import { Policies } from '../../subgraphs/messages/policies.ts';
import { messagePorts } from './message-ports.ts';
import { openMachinery, type Machinery } from './machinery.ts';
import type { Answer } from './people.ts';
import { recordingLog } from './recording-log.ts';

const SCOPES = ['templates:read', 'templates:write', 'templates:approve'];

interface Editor {
  readonly tenantId?: string;
  readonly subject?: string;
  readonly scopes?: readonly string[];
}

export interface TemplateDesk {
  readonly machinery: Machinery;
  /** Tests set its time. */
  readonly clock: { time: number; now(): number };
  /** Every statement of the subgraph's role. Tests empty it and count. */
  readonly statements: string[];
  ask(document: string, variables?: object, editor?: Editor): Promise<Answer>;
  close(): Promise<void>;
}

export async function openTemplateDesk(
  templateFourEyes: 'on' | 'off' = 'off',
): Promise<TemplateDesk> {
  const directory = await mkdtemp(join(tmpdir(), 'parley-templates-'));
  const machinery = await openMachinery();
  const statements: string[] = [];
  const clock = { time: Date.parse('2026-11-20T12:00:00Z'), now: () => clock.time };
  const kms = await openFileKms({
    path: join(directory, 'keystore'),
    masterKey: parseMasterKey(Buffer.from(randomBytes(32).toString('hex'))),
  });
  const listeners = new Listeners();
  const bus: Bus = {
    wake: (topic) => listeners.call(topic),
    listen: (topic, listener) => listeners.add(topic, listener),
    close: async () => {},
  };
  const deps = { kms, bus, clock, newUuid: createUuidV7(clock), log: recordingLog().log };
  const messages = createMessages({
    ...deps,
    database: await machinery.open('messages', (sql) => statements.push(sql)),
    ports: messagePorts(deps),
    providers: new Map(),
    random: Math.random,
    policies: new Policies({ clock, bus }),
    metrics: createMetrics({ withProcess: false }),
    settings: {
      providerTimeoutMs: 2_000,
      sendLeaseMs: 15_000,
      sendsMax: 16,
      templateFourEyes,
      pollMs: 250,
      linkBaseUrl: 'https://parley.example',
    },
  });
  const { schema } = buildSubgraphs().messages;
  return {
    machinery,
    clock,
    statements,
    ask: (source, variables = {}, editor = {}) => {
      const { tenantId = 'acme', subject = 'user:ada', scopes = SCOPES } = editor;
      const principal = { tenantId, subject, scopes, expiresAt: Number.MAX_SAFE_INTEGER };
      const contextValue = messages.contextFor(principal);
      const variableValues = { ...variables };
      return graphql({ schema, source, variableValues, contextValue }) as Promise<Answer>;
    },
    close: async () => {
      await machinery.close();
      await rm(directory, { recursive: true });
    },
  };
}
