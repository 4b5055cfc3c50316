// A TCP port that nobody listens at now, for what must know its port before it listens.
import { createServer, type AddressInfo } from 'node:net';

/** Of the loopback address. Another process may take it in the meantime. */
export async function findFreePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
