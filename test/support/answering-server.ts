// A server of an outside API whose every answer a test writes word for word.
import type { TlsIdentity } from '../../simulator/certificate.ts';
import { listen, type Incoming, type Reply } from '../../simulator/server.ts';

export interface AnsweringServer {
  readonly url: string;
  /** Every request so far. */
  readonly requests: readonly Incoming[];
  /** What the next requests are answered with. */
  answer: (incoming: Incoming) => Reply | Promise<Reply>;
  close(): Promise<void>;
}

/** tls: where the API is reached by TLS alone. */
export async function startAnsweringServer(
  tls: TlsIdentity | null = null,
): Promise<AnsweringServer> {
  const requests: Incoming[] = [];
  const answer = (incoming: Incoming) => {
    requests.push(incoming);
    return told.answer(incoming);
  };
  const server = await listen(0, answer, tls);
  const told: AnsweringServer = {
    url: `${tls === null ? 'http' : 'https'}://127.0.0.1:${server.port}`,
    requests,
    answer: () => ({ status: 404, body: '' }),
    close: () => server.close(),
  };
  return told;
}

/** The address of a port where nobody listens. */
export async function closedUrl(): Promise<string> {
  const server = await startAnsweringServer();
  await server.close();
  return server.url;
}
