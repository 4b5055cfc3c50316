// The whole platform in the test's own process, on a database of its own, with a clock that the test moves.
import { expect } from '@jest/globals';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { configuration } from '../../configuration.ts';
import { SCOPES } from '../../parts.ts';
import { readConfig } from '../../platform/config.ts';
import { startPlatform } from '../../wiring.ts';
import { createTestDatabase } from './database.ts';
import type { Json } from './parley.ts';
import { recordingLog } from './recording-log.ts';

export type TestPlatform = Awaited<ReturnType<typeof startTestPlatform>>;

/** `tenant` in the authorization header says whose caller it is; there is no token. */
export async function startTestPlatform(variables: Readonly<Record<string, string>>) {
  const directory = await mkdtemp(join(tmpdir(), 'parley-platform-'));
  const database = await createTestDatabase();
  const statements: string[] = [];
  const { log, lines } = recordingLog();
  const clock = { ahead: 0, now: () => Date.now() + clock.ahead };
  const platform = await startPlatform({
    config: readConfig(configuration, { DATA_DIRECTORY: directory, PORT: '0', ...variables }),
    log,
    authenticate: async (authorization) => ({
      tenantId: String(authorization),
      subject: 'service:test',
      scopes: SCOPES,
      expiresAt: Number.MAX_SAFE_INTEGER,
    }),
    databaseUrl: database.url,
    clock,
    onStatement: (sql) => statements.push(sql),
  });
  return {
    databaseUrl: database.url,
    url: `http://127.0.0.1:${platform.port}`,
    /** What it logged. */
    lines,
    /** Milliseconds by which it is ahead of the real time. */
    clock,
    /** Every statement of every part. Tests empty it and count. */
    statements,
    async ask(query: string, values: object = {}, tenant = 'acme'): Promise<Json> {
      const answer = await fetch(`http://127.0.0.1:${platform.port}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: tenant },
        body: JSON.stringify({ query, variables: values }),
      });
      const { data, errors } = (await answer.json()) as Json;
      expect(errors).toBeUndefined();
      return data;
    },
    async stop(): Promise<void> {
      await platform.stop();
      await database.drop();
      await rm(directory, { recursive: true });
    },
  };
}

/** SMS by a provider that nobody calls, where no worker runs. */
export const IDLE_SMS = {
  TWILIO_ACCOUNT_SID: 'AC00000000000000000000000000000000',
  TWILIO_AUTH_TOKENS: 'unused',
  TWILIO_FROM: '+15005550006',
};
