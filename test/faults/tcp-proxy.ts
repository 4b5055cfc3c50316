// A line between the program and its database that can be cut, slowed, or stand still.
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

export interface TcpProxy {
  readonly port: number;
  /** Where new connections lead. */
  leadTo(port: number): void;
  /** Nothing passes, and nobody is told: half-open. */
  stall(): void;
  /** Every piece takes so long, in each direction. */
  slow(ms: number): void;
  /** Everything passes again. What stalled before goes on, or with `forget` stays half-open for ever. */
  heal(options?: { readonly forget?: boolean }): void;
  close(): Promise<void>;
}

interface Link {
  readonly ends: readonly [Socket, Socket];
  lost: boolean;
}

export async function startTcpProxy(target: number): Promise<TcpProxy> {
  const links = new Set<Link>();
  let to = target;
  let stalled = false;
  let delayMs = 0;

  const pass = (link: Link, from: Socket, into: Socket): void => {
    from.on('data', (piece) => {
      if (delayMs === 0) into.write(piece);
      else setTimeout(() => into.write(piece), delayMs);
    });
    from.on('error', () => into.destroy());
    from.on('close', () => {
      links.delete(link);
      // Whoever is behind a lost line is not told either.
      if (!link.lost) into.destroy();
    });
  };
  const server = createServer((near) => {
    const far = connect(to, '127.0.0.1');
    const link: Link = { ends: [near, far], lost: false };
    links.add(link);
    pass(link, near, far);
    pass(link, far, near);
    if (stalled) for (const end of link.ends) end.pause();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    leadTo: (port) => (to = port),
    stall() {
      stalled = true;
      for (const { ends } of links) for (const end of ends) end.pause();
    },
    slow: (ms) => (delayMs = ms),
    heal({ forget = false } = {}) {
      if (stalled && forget) for (const link of links) link.lost = true;
      stalled = false;
      delayMs = 0;
      for (const { ends, lost } of links) if (!lost) for (const end of ends) end.resume();
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const { ends } of links) for (const end of ends) end.destroy();
      }),
  };
}
