// The references of B1, B6 and B7: Fastify and pg; a prepared INSERT of a message's row, a prepared SELECT by key.
import { randomUUID } from 'node:crypto';
import Fastify from 'fastify';
import { Pool } from 'pg';

const { databaseUrl, port, connections } = JSON.parse(process.argv[2] ?? '{}') as {
  databaseUrl: string;
  port: number;
  connections: number;
};
const pool = new Pool({ connectionString: databaseUrl, max: connections });
const app = Fastify();

app.get('/', async () => (await pool.query('select 1 as one')).rows[0]);

app.post<{ Body: Record<string, string> }>('/message', async ({ body }) => {
  const id = randomUUID();
  await pool.query({
    name: 'insert',
    text: `insert into bench.message (tenant_id, id, idempotency_key, request_digest, recipient_id, template_id,
        reference, locale, variables_sealed, decision, phase, expires_at, created_at)
      values ($1, $2, $3, $4, $5, $6, null, 'en', $7, $8, 'ACTIVE', now() + interval '1 day', now())`,
    values: [
      'demo',
      id,
      body['key'],
      body['digest'],
      body['recipient'],
      body['template'],
      Buffer.from(body['sealed'] ?? '', 'base64'),
      body['decision'],
    ],
  });
  return { id };
});

app.post<{ Body: Record<string, string> }>('/capability', async ({ body }) => {
  const { rows } = await pool.query({
    name: 'select',
    text: `select supported, native_e2ee, features, carrier, source, checked_at, expires_at
      from recipients.number_capability where tenant_id = $1 and pseudonym = $2 and channel = 'RCS'`,
    values: ['demo', body['key']],
  });
  return rows[0];
});

await app.listen({ port, host: '127.0.0.1' });
process.stdout.write(`${JSON.stringify({ port })}\n`);
process.once('SIGTERM', () => process.exit(0));
