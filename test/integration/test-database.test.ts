// The databases that the integration tests get: separate clones of one template, and no leftovers.
import { expect, test } from '@jest/globals';
import { Client } from 'pg';
import { adminUrl } from '../support/cluster.ts';
import { createTestDatabase } from '../support/database.ts';

async function connect(url: string): Promise<Client> {
  const client = new Client({ connectionString: url, application_name: 'forgotten' });
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

async function exists(url: string): Promise<boolean> {
  const admin = await connect(adminUrl());
  const name = new URL(url).pathname.slice(1);
  const answer = await admin.query('select from pg_database where datname = $1', [name]);
  await admin.end();
  return answer.rowCount === 1;
}

test('databases are made at the same time, do not see each other, and are gone after the drop', async () => {
  const databases = await Promise.all([1, 2, 3].map(() => createTestDatabase()));
  for (const { url } of databases) {
    const client = await connect(url);
    await client.query('create table mine ()');
    await client.end();
  }
  await Promise.all(databases.map((database) => database.drop()));
  expect(await Promise.all(databases.map(({ url }) => exists(url)))).toEqual([false, false, false]);
});

test('a session that a test leaves open fails the drop, which names it', async () => {
  const database = await createTestDatabase();
  const client = await connect(database.url);
  await client.query('select 1');
  await expect(database.drop()).rejects.toThrow(/forgotten: select 1/);
  expect(await exists(database.url)).toBe(false);
  await client.end();
});

test('nobody connects to the template, so that it is never busy', async () => {
  const template = new URL(adminUrl());
  template.pathname = 'parley_template';
  await expect(connect(template.href)).rejects.toMatchObject({ code: '55000' });
});
