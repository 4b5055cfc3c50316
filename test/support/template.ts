// The template database: migrated once per test run, cloned by every test file that needs tables.
import 'reflect-metadata';
import { Client } from 'pg';
import { definitions } from '../../parts.ts';
import { migrate } from '../../platform/migrate.ts';

export const TEMPLATE = 'parley_template';

/** Makes the template in the cluster of `adminUrl`. Nobody can connect to it afterwards, so it is never busy. */
export async function prepareTemplate(adminUrl: string): Promise<void> {
  const admin = new Client({ connectionString: adminUrl });
  await admin.connect();
  try {
    await admin.query(`create database ${TEMPLATE}`);
    // Here and not in each clone: roles belong to the whole cluster, and two files would make them at once.
    const template = new URL(adminUrl);
    template.pathname = TEMPLATE;
    await migrate(template.href, Object.values(definitions));
    await admin.query(`alter database ${TEMPLATE} with allow_connections false`);
  } finally {
    await admin.end();
  }
}
