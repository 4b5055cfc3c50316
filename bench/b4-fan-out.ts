// B4: events to many subscribers of one tenant through the gateway, against a bare broadcast of one string.
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { Client } from 'pg';
import { findFreePort } from '../platform/free-port.ts';
import { ratios, report, round } from './figures.ts';
import { IDLE_PROVIDER, openBed, type Bed, type Json, type RunningPlatform } from './processes.ts';

const SUBSCRIBERS = 500;
const EVENTS = 60;
const PAIRS = 3;
/** Bytes of one event as it stands on the wire. */
const EVENT_BYTES = 330;
const ROLES = 'gateway,recipients,consent,messages,delivery';

export async function fanOut(): Promise<void> {
  const bed = await openBed();
  try {
    const platform = await bed.startPlatform({ ...IDLE_PROVIDER, ROLES });
    const port = await findFreePort();
    await bed.start('bench/broadcast-server.js', { port, size: EVENT_BYTES });
    const mine: number[] = [];
    const theirs: number[] = [];
    for (let pair = 0; pair < PAIRS; pair += 1) {
      const ours = async (): Promise<unknown> => mine.push(await throughGateway(bed, platform));
      const reference = async (): Promise<unknown> => theirs.push(await broadcast(port));
      for (const run of pair % 2 === 0 ? [ours, reference] : [reference, ours]) await run();
    }
    const ratio = ratios(mine, theirs);
    report('B4 fan-out', '0.5', {
      ratio: round(ratio.median, 3),
      range: [round(ratio.low, 3), round(ratio.high, 3)],
      subscribers: SUBSCRIBERS,
      events: EVENTS,
      deliveriesPerSecond: mine.map((value) => round(value, 0)),
      reference: theirs.map((value) => round(value, 0)),
    });
  } finally {
    await bed.close();
  }
}

/** Deliveries a second, from the commit of the events to the last subscriber's last one. */
async function throughGateway(bed: Bed, platform: RunningPlatform): Promise<number> {
  const url = `${platform.url.replace('http', 'ws')}/graphql`;
  return deliveries({ url, token: platform.token }, () => appendEvents(bed.databaseUrl));
}

async function broadcast(port: number): Promise<number> {
  return deliveries({ url: `ws://127.0.0.1:${port}`, token: null }, async () => {
    await fetch(`http://127.0.0.1:${port}/?events=${EVENTS}`);
  });
}

async function deliveries(
  to: { url: string; token: string | null },
  publish: () => Promise<void>,
): Promise<number> {
  const argument = JSON.stringify({ ...to, count: SUBSCRIBERS, events: EVENTS });
  const script = new URL('subscribers.js', import.meta.url).pathname;
  const child = spawn(process.execPath, ['--no-warnings', script, argument], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let startedAt = 0;
  try {
    for await (const line of createInterface({ input: child.stdout })) {
      const fact = JSON.parse(line) as Json;
      if (fact.error || fact.disorder > 0) throw new Error(`void: ${line}`);
      if (fact.connected) {
        // A subscription is there a moment after its socket.
        await new Promise((resolve) => setTimeout(resolve, 1_500));
        startedAt = performance.now();
        await publish();
      }
      if (fact.complete) return (SUBSCRIBERS * EVENTS * 1_000) / (performance.now() - startedAt);
    }
    throw new Error('void: the subscribers ended early');
  } finally {
    child.kill('SIGKILL');
  }
}

/** Events as delivery appends them, in one commit, with the wake that follows it. */
async function appendEvents(databaseUrl: string): Promise<void> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  await client.query(
    `insert into delivery.event (tenant_id, id, name, payload, occurred_at)
     select 'demo', e.id, 'delivery.recorded', jsonb_build_object('eventId', e.id, 'messageId', uuidv7(),
       'recipientId', uuidv7(), 'attemptId', uuidv7(), 'channel', 'SMS', 'protection', 'CLEAR',
       'type', 'DELIVERED', 'status', 'DELIVERED', 'source', 'PROVIDER', 'provider', 'twilio',
       'failureCode', null, 'fallbackReason', null, 'occurredAt', now(), 'receivedAt', now()), now()
     from (select uuidv7() as id from generate_series(1, $1) order by 1) as e order by e.id`,
    [EVENTS],
  );
  await client.query(`select pg_notify('parley_wake', 'bench events:delivery')`);
  await client.end();
}
