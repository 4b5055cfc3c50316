// B6: what a known number can do, asked of the gateway, against a server that selects the same row by its key.
import { Client } from 'pg';
import { startCarrier } from '../simulator/index.ts';
import { providerVariables } from '../simulator/variables.ts';
import { findFreePort } from '../platform/free-port.ts';
import { phoneOf } from './crowd.ts';
import { report } from './figures.ts';
import { compare } from './pairs.ts';
import { openBed, type Bed } from './processes.ts';

const POOL = 12;
const NUMBERS = 200;
const ROLES = 'gateway,recipients,consent,messages,delivery';

const LOOK_UP = `query ($msisdn: String!) {
  capabilityLookup(msisdn: $msisdn) { supported nativeE2ee features carrier source checkedAt expiresAt } }`;

export async function capability(): Promise<void> {
  const bed = await openBed();
  const carrier = await startCarrier({});
  try {
    const variables = await providerVariables(carrier, `${bed.directory}/service-account.json`);
    const platform = await bed.startPlatform({ ...variables, ROLES });
    const numbers = Array.from({ length: NUMBERS }, (_, n) => phoneOf(n));
    for (const msisdn of numbers) await platform.ask(LOOK_UP, { msisdn });
    const port = await findFreePort();
    const server = { databaseUrl: bed.databaseUrl, port, connections: POOL };
    await bed.start('bench/row-server.js', server);
    const json = { 'content-type': 'application/json' };
    const ours = {
      url: platform.url,
      path: '/graphql',
      headers: { ...json, authorization: `Bearer ${platform.token}` },
      body: JSON.stringify({ query: LOOK_UP, variables: { msisdn: '$RECIPIENT' } }),
      right: '"supported":"YES"',
      recipients: numbers,
    };
    const reference = {
      url: `http://127.0.0.1:${port}`,
      path: '/capability',
      headers: json,
      body: JSON.stringify({ key: '$RECIPIENT' }),
      right: '"supported":"YES"',
      recipients: await pseudonyms(bed),
    };
    report('B6 capability', '0.5', await compare(bed, ours, reference));
  } finally {
    await carrier.close();
    await bed.close();
  }
}

async function pseudonyms(bed: Bed): Promise<string[]> {
  const client = new Client({ connectionString: bed.databaseUrl });
  await client.connect();
  const { rows } = await client.query<{ pseudonym: string }>(
    'select pseudonym from recipients.number_capability order by pseudonym',
  );
  await client.end();
  if (rows.length !== NUMBERS) throw new Error('void: not every number was kept');
  return rows.map(({ pseudonym }) => pseudonym);
}
