// A TCP port that nobody listens at now, for what must know its port before it listens.
import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/** Below those that systems give to outgoing connections and to listeners at port 0: nobody takes one of these by chance
 *  between the look and the use. */
const PORTS = { from: 20_000, to: 32_000 } as const;
const TRIES_MAX = 100;

/** Of the loopback address. Another process may take it in the meantime. */
export async function findFreePort(): Promise<number> {
  for (let tries = 0; tries < TRIES_MAX; tries += 1) {
    const port = randomInt(PORTS.from, PORTS.to);
    if (await isFree(port)) return port;
  }
  throw new Error(`No free port was found between ${PORTS.from} and ${PORTS.to}.`);
}

function isFree(port: number): Promise<boolean> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
