// The reference of B1 and B7: Fastify and pg, one prepared single-row INSERT of the row that a message is.
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

await app.listen({ port, host: '127.0.0.1' });
process.stdout.write(`${JSON.stringify({ port })}\n`);
process.once('SIGTERM', () => process.exit(0));
