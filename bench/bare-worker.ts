// The reference of B2: claims fifty rows, hands them over by the same wire, writes them back in one UPDATE; nothing else.
import { randomUUID } from 'node:crypto';
import { Pool } from 'pg';
import { createGoogleRbm, googleRbmOptions } from '../providers/google-rbm/index.ts';
import { readConfig } from '../platform/config.ts';
import { systemClock } from '../platform/clock.ts';

const BATCH = 50;
const WORKERS = 4;

const { databaseUrl, variables, to } = JSON.parse(process.argv[2] ?? '{}') as {
  databaseUrl: string;
  variables: Record<string, string>;
  to: string;
};
const pool = new Pool({ connectionString: databaseUrl, max: WORKERS });
const provider = createGoogleRbm(readConfig({ rbm: googleRbmOptions }, variables).rbm, {
  callbackBaseUrl: 'http://127.0.0.1:9',
  clock: systemClock,
  newUuid: randomUUID,
  random: Math.random,
});
if (provider === null) throw new Error('the provider is not configured');

async function work(): Promise<void> {
  for (;;) {
    const { rows } = await pool.query<{ id: string; body: string }>(
      `update bench.backlog set state = 'CLAIMED' where id in (
         select id from bench.backlog where state = 'NEW' order by id limit ${BATCH} for update skip locked)
       returning id, body`,
    );
    if (rows.length === 0) return;
    const outcomes = await Promise.all(
      rows.map(({ id, body }) =>
        provider!.send(
          {
            attemptId: id,
            messageId: id,
            tenantId: 'demo',
            to,
            type: 'RECEIPT',
            content: { channel: 'RCS', title: null, body, actions: [] },
            ttlSeconds: 60,
          },
          5_000,
        ),
      ),
    );
    const sent = rows.filter((_, index) => outcomes[index]?.kind === 'accepted');
    if (sent.length < rows.length) throw new Error('a hand-over was refused');
    await pool.query(`update bench.backlog set state = 'SENT' where id = any($1::uuid[])`, [
      sent.map(({ id }) => id),
    ]);
  }
}

process.stdout.write('{}\n');
await Promise.all(Array.from({ length: WORKERS }, work));
await Promise.all([pool.end(), provider.close()]);
