// The template database: migrated once per test run, cloned by every test file that needs tables.
import { Client } from 'pg';

export const TEMPLATE = 'parley_template';

/** Makes the template in the cluster of `adminUrl`. Nobody can connect to it afterwards, so it is never busy. */
export async function prepareTemplate(adminUrl: string): Promise<void> {
  const admin = new Client({ connectionString: adminUrl });
  await admin.connect();
  try {
    await admin.query(`create database ${TEMPLATE}`);
    // The migrations of all parts go here, over a connection to the template that is closed before the next line.
    await admin.query(`alter database ${TEMPLATE} with allow_connections false`);
  } finally {
    await admin.end();
  }
}
