// A database for one test file: a clone of the template, gone afterwards.
import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { Client, type DatabaseError } from 'pg';
import { adminUrl } from './cluster.ts';
import { TEMPLATE } from './template.ts';

export interface TestDatabase {
  /** Of the superuser. */
  readonly url: string;
  /** Throws when a session is still open, and names it: the test left a pool, loop or lease behind. */
  drop(): Promise<void>;
}

const OBJECT_IN_USE = '55006';
const CLONES_MAX = 20;
const PAUSE_MS = 100;

/** Clones the template, or makes an empty database when there is none. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  const known = `select datname from pg_database where datname = $1`;
  const found = await asAdmin((admin) => admin.query(known, [TEMPLATE]));
  await clone(name, found.rowCount ? TEMPLATE : 'template1');
  const url = new URL(adminUrl());
  url.pathname = name;
  return { url: url.href, drop: () => drop(name) };
}

/** A template cannot be cloned while somebody is connected to it, so a busy one is asked again. */
async function clone(name: string, template: string): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await asAdmin((admin) => admin.query(`create database ${name} template ${template}`));
      return;
    } catch (error) {
      if ((error as DatabaseError).code !== OBJECT_IN_USE || attempt === CLONES_MAX) throw error;
      await pause(PAUSE_MS);
    }
  }
}

/** PostgreSQL itself waits five seconds for sessions that are about to end. */
async function drop(name: string): Promise<void> {
  const open = `select distinct coalesce(nullif(application_name, ''), 'unnamed') as name, query
    from pg_stat_activity where datname = $1`;
  await asAdmin(async (admin) => {
    try {
      await admin.query(`drop database if exists ${name}`);
    } catch (error) {
      if ((error as DatabaseError).code !== OBJECT_IN_USE) throw error;
      const sessions = await admin.query<{ name: string; query: string }>(open, [name]);
      await admin.query(`drop database if exists ${name} with (force)`);
      const list = sessions.rows.map((session) => `${session.name}: ${session.query}`).join('\n');
      throw new Error(`The test left database sessions open:\n${list}`, { cause: error });
    }
  });
}

async function asAdmin<Result>(work: (admin: Client) => Promise<Result>): Promise<Result> {
  const admin = new Client({ connectionString: adminUrl() });
  await admin.connect();
  try {
    return await work(admin);
  } finally {
    await admin.end();
  }
}
