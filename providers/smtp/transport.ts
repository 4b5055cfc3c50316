// A pool of connections to the mail server, which tells for each mail whether any of it was written.
import { Readable } from 'node:stream';
import { createTransport, type SendMailOptions } from 'nodemailer';
import DKIM from 'nodemailer/lib/dkim';

export interface Server {
  readonly host: string;
  readonly port: number;
  readonly tls: 'starttls' | 'implicit' | 'off';
  /** Null where the server takes mail without. */
  readonly login: { readonly user: string; readonly password: string } | null;
  readonly connectionsMax: number;
}

export interface DkimKey {
  readonly domain: string;
  readonly selector: string;
  /** PEM. */
  readonly privateKey: string;
}

/** Of what the server did not take: `written` says whether it may have it after all. */
export class MailError extends Error {
  override name = 'MailError';
  readonly written: boolean;
  /** The server's reply to the command that failed; null where it did not answer. */
  readonly reply: string | null;
  /** The command that failed, such as `RCPT TO`. */
  readonly command: string;
  /** The library's name of what went wrong, such as `ECONNECTION`. */
  readonly code: string;

  constructor(error: unknown, written: boolean) {
    const { code, command, response } = error as {
      code?: string;
      command?: string;
      response?: string | false;
    };
    super(code ?? 'unknown');
    this.written = written;
    this.reply = typeof response === 'string' && /^\d{3}/.test(response) ? response : null;
    this.command = command ?? '';
    this.code = code ?? '';
  }
}

export interface Transport {
  /** Resolves when the server has taken it. Rejects with MailError. */
  send(mail: SendMailOptions, signal: AbortSignal): Promise<void>;
  close(): void;
}

const CONNECT_MS = 10_000;
const SILENCE_MS = 60_000;

/** The library leaves List-Unsubscribe-Post unsigned, which RFC 8058 section 4 wants signed. */
const SIGNED_HEADERS =
  'From:To:Subject:Date:Message-ID:MIME-Version:Content-Type:Auto-Submitted:X-Canonical-ID:X-Primary-Channel:' +
  'List-Unsubscribe:List-Unsubscribe-Post';

export function createPool(server: Server, dkimKey: DkimKey | null): Transport {
  const { host, port, tls, login, connectionsMax } = server;
  const transporter = createTransport({
    pool: true,
    host,
    port,
    secure: tls === 'implicit',
    requireTLS: tls === 'starttls',
    ignoreTLS: tls === 'off',
    ...(login !== null && { auth: { user: login.user, pass: login.password } }),
    maxConnections: connectionsMax,
    // A mail of a lost connection may have been taken: whether it is sent again is not for the pool to say.
    maxRequeues: 0,
    connectionTimeout: CONNECT_MS,
    greetingTimeout: CONNECT_MS,
    socketTimeout: SILENCE_MS,
  });
  const signer = dkimKey === null ? null : signerOf(dkimKey);
  // By its signal, because a plugin sees of a mail what the library knows of it, and that is the same object.
  const onWrite = new WeakMap<AbortSignal, () => void>();
  transporter.use('stream', ({ data, message }, done) => {
    const tell = data.signal && onWrite.get(data.signal);
    message?.processFunc((source) => readLater(signer?.sign(source) ?? source, tell));
    done();
  });
  return {
    send: async (mail, signal) => {
      let written = false;
      onWrite.set(signal, () => {
        written = true;
      });
      try {
        await transporter.sendMail({ ...mail, signal });
      } catch (error) {
        throw new MailError(error, written);
      }
    },
    close: () => transporter.close(),
  };
}

const signerOf = ({ domain, selector, privateKey }: DkimKey): DKIM =>
  new DKIM({
    domainName: domain,
    keySelector: selector,
    privateKey,
    headerFieldNames: SIGNED_HEADERS,
  });

/** The same bytes. The server's consent to DATA is what makes them flow: `begin` is called just before. */
function readLater(source: Readable, begin: (() => void) | undefined): Readable {
  async function* bytes(): AsyncGenerator<Buffer> {
    begin?.();
    yield* source;
  }
  return Readable.from(bytes(), { objectMode: false });
}
