// A load generator of its own process: requests over kept-alive connections, each answer checked.
import { randomUUID } from 'node:crypto';
import { Pool } from 'undici';
import { quantile, round } from './figures.ts';

interface Load {
  readonly url: string;
  readonly path: string;
  readonly headers: Record<string, string>;
  /** `$KEY` stands for a fresh key, `$RECIPIENT` for one of the recipients. */
  readonly body: string;
  readonly recipients: readonly string[];
  /** What every right answer contains, and what none does. */
  readonly right: string;
  readonly wrong?: string;
  /** What one request stands for; 1 where left out. */
  readonly each?: number;
  readonly seconds: number;
  readonly connections: number;
}

const load = JSON.parse(process.argv[2] ?? '{}') as Load;
const pool = new Pool(load.url, { connections: load.connections, pipelining: 1 });
const latencies: number[] = [];
let wrong: string | null = null;
let sent = 0;
const endsAt = performance.now() + load.seconds * 1_000;

async function one(): Promise<void> {
  while (performance.now() < endsAt && wrong === null) {
    const recipient = load.recipients[sent % load.recipients.length] ?? '';
    sent += 1;
    const body = load.body.replaceAll('$KEY', randomUUID()).replace('$RECIPIENT', recipient);
    const startedAt = performance.now();
    const answer = await pool.request({
      path: load.path,
      method: 'POST',
      headers: load.headers,
      body,
    });
    const text = await answer.body.text();
    latencies.push(performance.now() - startedAt);
    const refused = load.wrong !== undefined && text.includes(load.wrong);
    if (refused || !text.includes(load.right)) wrong = text.slice(0, 300);
  }
}

await Promise.all(Array.from({ length: load.connections }, one));
await pool.close();
const result = {
  perSecond: round((latencies.length * (load.each ?? 1)) / load.seconds, 0),
  p50: round(quantile(latencies, 0.5)),
  p99: round(quantile(latencies, 0.99)),
  wrong,
};
process.stdout.write(`${JSON.stringify(result)}\n`);
