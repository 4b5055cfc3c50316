// Takes the reports that mail servers send to the return addresses of attempts, and nothing else.
import { setTimeout as pause } from 'node:timers/promises';
import { SMTPServer, type SMTPServerDataStream, type SMTPServerOptions } from 'smtp-server';
import type { Listener, RawCallback } from '../provider.ts';
import { attemptOf, type BounceDomain } from './bounce-address.ts';
import { ATTEMPT_HEADER } from './receive.ts';

export interface Receiving {
  readonly host: string;
  readonly port: number;
  readonly bounces: BounceDomain;
  /** What came in, and is genuine for its address. */
  readonly handedIn: WeakSet<RawCallback>;
}

/** A report holds headers of the mail, and some servers the whole of it. */
export const REPORT_BYTES_MAX = 262_144;
const CLIENTS_MAX = 50;
const SILENCE_MS = 30_000;
const CLOSE_MS = 2_000;
const AGAIN_MS = 5_000;

/** Opens the port, and tries again where it cannot. Returns what closes it, after what is in hand is kept. */
export function listen(receiving: Receiving, listener: Listener): () => Promise<void> {
  const ending = new AbortController();
  const { host, port } = receiving;
  const open = async (): Promise<SMTPServer | null> => {
    while (!ending.signal.aborted) {
      const server = new SMTPServer(doorOf(receiving, listener));
      const failure = await opened(server, port, host);
      if (failure === null) return server;
      listener.interrupted(`reports cannot be received: ${failure}`);
      await pause(AGAIN_MS, null, ending).catch(() => null);
    }
    return null;
  };
  const opening = open();
  return async () => {
    ending.abort();
    const server = await opening;
    if (server !== null) await new Promise<void>((resolve) => server.close(resolve));
  };
}

/** Null when the port is open; otherwise the system's name of what is wrong. */
function opened(server: SMTPServer, port: number, host: string): Promise<string | null> {
  return new Promise((resolve) => {
    // Also what goes wrong on a single connection later on: it ends that connection alone.
    server.on('error', (error: Error & { code?: string }) => resolve(error.code ?? error.name));
    server.listen(port, host, () => resolve(null));
  });
}

const refusal = (responseCode: number, words: string): Error =>
  Object.assign(new Error(words), { responseCode });

function doorOf({ bounces, handedIn }: Receiving, listener: Listener): SMTPServerOptions {
  return {
    banner: 'Reports of delivery only',
    // The server's own certificate would be one that everybody has the key of.
    disabledCommands: ['AUTH', 'STARTTLS'],
    disableReverseLookup: true,
    hideENHANCEDSTATUSCODES: false,
    size: REPORT_BYTES_MAX,
    rejectOversized: true,
    maxClients: CLIENTS_MAX,
    socketTimeout: SILENCE_MS,
    closeTimeout: CLOSE_MS,
    onRcptTo: ({ address }, { envelope }, reply) => {
      if (attemptOf(address, bounces) === null) return reply(refusal(550, 'No such address'));
      // A report is about one mail, so whoever names two addresses sends none.
      if (envelope.rcptTo.length > 0) return reply(refusal(452, 'One address at a time'));
      reply();
    },
    onData: (stream, { envelope }, reply) => {
      const attemptId = attemptOf(envelope.rcptTo[0]?.address ?? '', bounces);
      takeReport(stream, async (body) => {
        if (attemptId === null) return;
        const headers = { [ATTEMPT_HEADER]: attemptId };
        const callback: RawCallback = { url: `smtp://${bounces.domain}`, headers, body };
        handedIn.add(callback);
        await listener.take(callback);
      }).then(
        () => reply(null),
        () => reply(refusal(451, 'Try again')),
      );
    },
  };
}

/** Reads to the end whatever comes, and keeps no more than the limit of it. */
async function takeReport(
  stream: SMTPServerDataStream,
  keep: (body: Buffer) => Promise<void>,
): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    if (!stream.sizeExceeded) chunks.push(chunk);
  }
  if (!stream.sizeExceeded) await keep(Buffer.concat(chunks));
}
