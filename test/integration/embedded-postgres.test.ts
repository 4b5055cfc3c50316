// The bundled PostgreSQL: started once, shared by its owners, adopted after a kill, closed to everyone else.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../platform/embedded-postgres.ts';

let directory: string;
let server: EmbeddedPostgres;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'parley-postgres-')); // Mode 0700, so private to its owner.
  server = await startEmbeddedPostgres({ directory });
});

afterAll(async () => {
  await server.stop();
  await rm(directory, { recursive: true });
});

/** The first column of the first row. */
async function ask(url: string, sql: string): Promise<unknown> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    const answer = await client.query<unknown[]>({ text: sql, rowMode: 'array' });
    return answer.rows[0]?.[0];
  } finally {
    await client.end();
  }
}

const lockFile = (): string => join(directory, 'data', 'postmaster.pid');
const postmaster = (): number => Number(readFileSync(lockFile(), 'utf8').split('\n')[0]);
const refused = expect.objectContaining({ code: 'ECONNREFUSED' });

test('everyone who starts an empty directory at the same time gets the same server', async () => {
  const empty = join(directory, 'elsewhere', 'empty');
  const owners = await Promise.all(
    [1, 2, 3].map(() => startEmbeddedPostgres({ directory: empty })),
  );
  expect(new Set(owners.map((owner) => owner.url)).size).toBe(1);
  expect(owners.filter((owner) => !owner.adopted)).toHaveLength(1);

  await Promise.all(owners.map((owner) => owner.stop()));
  await expect(ask(owners[0]?.url ?? '', 'select 1')).rejects.toEqual(refused);
});

test('the server stays as long as one owner holds it', async () => {
  const second = await startEmbeddedPostgres({ directory });
  expect(second).toMatchObject({ adopted: true, url: server.url });

  await server.stop();
  expect(await ask(second.url, 'select 1')).toBe(1);

  await second.stop();
  await expect(ask(second.url, 'select 1')).rejects.toEqual(refused);
  await second.stop();
  server = await startEmbeddedPostgres({ directory });
  expect(server.adopted).toBe(false);
});

test('data and password survive a stop', async () => {
  await ask(server.url, 'create table kept as select 42 as value');
  await server.stop();
  const before = new URL(server.url).password;
  server = await startEmbeddedPostgres({ directory });
  expect(await ask(server.url, 'select value from kept')).toBe(42);
  expect(new URL(server.url).password).toBe(before);
});

test('a server whose owner was killed is adopted, and then stopped by the one who adopted it', async () => {
  await server.stop();
  const module = new URL('../../platform/embedded-postgres.js', import.meta.url).href;
  const script = `
    const { startEmbeddedPostgres } = await import(${JSON.stringify(module)});
    const { url } = await startEmbeddedPostgres({ directory: ${JSON.stringify(directory)} });
    process.stdout.write(url);
    setInterval(() => {}, 1000);`;
  const owner = spawn(process.execPath, ['--input-type=module', '-e', script]);
  const [url] = (await once(owner.stdout, 'data')) as [Buffer];
  const exit = once(owner, 'exit');
  owner.kill('SIGKILL');
  await exit;
  const owners = `select count(*)::int from pg_locks where locktype = 'advisory'`;
  while ((await ask(url.toString(), owners)) !== 0); // Until the server noticed.

  server = await startEmbeddedPostgres({ directory });
  expect(server).toMatchObject({ adopted: true, url: url.toString() });
  await server.stop();
  await expect(ask(server.url, 'select 1')).rejects.toEqual(refused);
  server = await startEmbeddedPostgres({ directory });
});

test('a server that was killed is started again with everything that was committed', async () => {
  await ask(server.url, 'create table committed as select 7 as value');
  const ended = new Client({ connectionString: server.url });
  ended.on('error', () => undefined);
  await ended.connect();
  const end = new Promise((resolve) => ended.once('end', resolve));
  process.kill(postmaster(), 'SIGKILL');
  await end;

  const again = await startEmbeddedPostgres({ directory });
  expect(again.adopted).toBe(false);
  expect(await ask(again.url, 'select value from committed')).toBe(7);
  await server.stop(); // Its hold went with the crash, so it must not stop the server of another owner.
  expect(await ask(again.url, 'select 1')).toBe(1);
  server = again;
});

test('a lock file whose process id now belongs to another program does not prevent the start', async () => {
  const [, ...rest] = readFileSync(lockFile(), 'utf8').split('\n');
  await server.stop();
  writeFileSync(lockFile(), [process.pid, ...rest].join('\n'));
  server = await startEmbeddedPostgres({ directory });
  expect(await ask(server.url, 'select 1')).toBe(1);
});

test('only the loopback address with the password leads in', async () => {
  expect(await ask(server.url, 'show listen_addresses')).toBe('127.0.0.1');
  expect(await ask(server.url, 'show unix_socket_directories')).toBe('');
  expect(statSync(join(directory, 'data', 'superuser-password')).mode & 0o777).toBe(0o600);
  const wrong = new URL(server.url);
  wrong.password = 'guess';
  await expect(ask(wrong.href, 'select 1')).rejects.toMatchObject({ code: '28P01' });
});

test('text is UTF-8 and compares the same on every machine', async () => {
  const facts = `select concat_ws(' ', pg_encoding_to_char(encoding), datlocprovider, datlocale)
    from pg_database where datname = current_database()`;
  expect(await ask(server.url, facts)).toBe('UTF8 b C.UTF-8');
  expect(await ask(server.url, `select lower('ÄÖÜ')`)).toBe('äöü');
});

test('settings reach the server, which is durable unless told otherwise', async () => {
  expect(await ask(server.url, 'show fsync')).toBe('on');
  await server.stop();
  const settings = { work_mem: '5MB', search_path: `"it's", public` };
  server = await startEmbeddedPostgres({ directory, settings, durable: false });
  expect(await ask(server.url, 'show work_mem')).toBe('5MB');
  expect(await ask(server.url, 'show search_path')).toBe(settings.search_path);
  expect(await ask(server.url, 'show fsync')).toBe('off');
});

test('a setting that the server refuses is told in its own words', async () => {
  const start = startEmbeddedPostgres({
    directory: join(directory, 'refused'),
    settings: { shared_buffers: 'plenty' },
  });
  await expect(start).rejects.toThrow(/shared_buffers.*plenty/);
});

test('the log keeps nothing of what a client said', async () => {
  await ask(server.url, 'create table secretive (value text unique)');
  await ask(server.url, `insert into secretive values ('hush-1')`);
  await expect(ask(server.url, `insert into secretive values ('hush-1')`)).rejects.toThrow(
    /unique/,
  );
  await expect(ask(server.url, `select 'hush-2'::int`)).rejects.toThrow(/hush-2/);
  expect(readFileSync(join(directory, 'server.log'), 'utf8')).not.toMatch(/hush/);
});
