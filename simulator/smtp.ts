// A mail server as its customers and their recipients see it: takes mail, refuses it, or loses the answer.
import { randomBytes } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { SMTPServer, type SMTPServerSession } from 'smtp-server';
import type { FailureCode } from '../schema/vocabulary.ts';
import type { Behaviour } from './behaviour.ts';
import type { History } from './history.ts';
import type { Journal } from './journal.ts';
import { readMail } from './mail-text.ts';
import type { MessageBook } from './message-book.ts';
import { lostAnswer, type SubmitStep } from './profile.ts';
import type { LoopbackServer } from './server.ts';

export interface SmtpParts {
  readonly account: { readonly user: string; readonly password: string };
  readonly behaviour: Behaviour;
  readonly book: MessageBook;
  readonly history: History;
  readonly journal: Journal;
  /** Where reports are sent, as `smtp://127.0.0.1:2525`; null: nowhere. */
  reportsTo(): string | null;
}

/** A reply code and an enhanced one. Source: RFC 5321 section 4.2, RFC 3463. */
type Refusal = readonly [code: number, words: string];

const refusals: Readonly<Record<FailureCode, Refusal>> = {
  INVALID_RECIPIENT: [550, '5.1.1 No such user'],
  UNSUPPORTED: [550, '5.6.7 Address not supported'],
  UNREACHABLE: [552, '5.2.2 Mailbox full'],
  OPTED_OUT: [550, '5.7.1 Not wanted'],
  BLOCKED: [554, '5.7.1 Blocked'],
  INVALID_CONTENT: [554, '5.6.0 Not understood'],
  SENDER_REJECTED: [550, '5.7.26 Not authenticated'],
  AUTH: [535, '5.7.8 Bad credentials'],
  THROTTLED: [452, '4.5.3 Too many'],
  EXPIRED: [550, '5.4.7 Tried for too long'],
  PROVIDER_FAULT: [451, '4.3.0 Try again later'],
  UNKNOWN: [554, '5.0.0 Failed'],
};
/** What a profile writes as an HTTP status. */
const failureOfStatus: Readonly<Record<number, FailureCode>> = {
  400: 'INVALID_CONTENT',
  401: 'AUTH',
  403: 'SENDER_REJECTED',
  429: 'THROTTLED',
};
const MAIL_BYTES_MAX = 1_048_576;
const CLOSE_MS = 500;

/** Port 0 takes a free one. */
export function listenSmtp(port: number, parts: SmtpParts): Promise<LoopbackServer> {
  const { account } = parts;
  /** What is decided about a recipient is carried out with the data. By the session. */
  const steps = new Map<string, SubmitStep>();
  const server: SMTPServer = new SMTPServer({
    name: 'mx.simulator.invalid',
    disabledCommands: ['STARTTLS'],
    disableReverseLookup: true,
    allowInsecureAuth: true,
    hideDSN: false,
    size: MAIL_BYTES_MAX,
    closeTimeout: CLOSE_MS,
    onAuth: ({ username, password }, _, reply) => {
      const known = username === account.user && password === account.password;
      reply(known ? null : errorOf(refusals.AUTH), { user: username });
    },
    onRcptTo: ({ address }, { id }, reply) => {
      const step = parts.behaviour.hit('smtp') ?? parts.behaviour.nextStep('EMAIL', address);
      const refusal = refusalOf(step);
      steps.set(id, step);
      if (refusal === null) return reply();
      refused(parts, address, refusal);
      reply(errorOf(refusal));
    },
    onData: (stream, session, reply) => {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        const step = steps.get(session.id) ?? { kind: 'ok' };
        const lost = take(parts, session, { mail: Buffer.concat(chunks).toString(), step });
        if (lost === 'hang') return;
        if (lost === 'cut') return cut(server, session.id);
        setTimeout(() => reply(null, '2.0.0 Queued'), parts.behaviour.latencyMs('smtp'));
      });
    },
    onClose: ({ id }) => steps.delete(id),
  });
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      server.on('error', () => undefined);
      resolve({
        port: (server.server.address() as AddressInfo).port,
        close: () => new Promise((closed) => server.close(() => closed())),
      });
    });
  });
}

const errorOf = ([responseCode, words]: Refusal): Error =>
  Object.assign(new Error(words), { responseCode });

function cut(server: SMTPServer, id: string): void {
  for (const connection of server.connections) {
    if (connection.id === id) connection._socket.destroy();
  }
}

function refused({ history, journal }: SmtpParts, address: string, [status, body]: Refusal): void {
  const permanent = status >= 500;
  history.write({ k: 'reject', attempt: null, recipient: address, channel: 'EMAIL', permanent });
  journal.write({ wire: 'smtp', direction: 'in', method: 'RCPT', path: address, status, body });
}

/** How the answer is lost; null where it is given. */
function take(
  { book, journal, reportsTo }: SmtpParts,
  { envelope }: SMTPServerSession,
  { mail, step }: { readonly mail: string; readonly step: SubmitStep },
): 'cut' | 'hang' | null {
  const [recipient] = envelope.rcptTo;
  const path = recipient?.address ?? '';
  const withheld = step.kind === 'cut' || step.kind === 'hang' ? step.kind : null;
  const lost = withheld ?? lostAnswer(step);
  const status = lost ?? 250;
  journal.write({ wire: 'smtp', direction: 'in', method: 'DATA', path, status, body: mail });
  if (withheld !== null) return withheld;
  const { subject, from, text } = readMail(mail);
  const returnPath = envelope.mailFrom === false ? '' : envelope.mailFrom.address;
  const wanted = recipient?.dsn?.notify ?? ['FAILURE'];
  const customer = reportsTo();
  const callbackUrl =
    customer === null || returnPath === ''
      ? null
      : `${customer}/${encodeURIComponent(returnPath)}?notify=${wanted.join(',')}`;
  book.accept({
    ref: randomBytes(8).toString('hex'),
    attempt: envelope.dsn?.envid ?? null,
    address: path,
    // A server tries for days; a test does not.
    ttlMs: null,
    shown: { channel: 'EMAIL', from, title: subject, text, suggestions: [] },
    answer: {},
    callbackUrl,
  });
  return lost;
}

/** Null for a step that lets the mail through to its data. */
function refusalOf(step: SubmitStep): Refusal | null {
  switch (step.kind) {
    case 'ok':
    case 'cut':
    case 'cut-after':
    case 'hang':
    case 'hang-after':
      return null;
    case 'status':
      return refusals[failureOfStatus[step.status] ?? 'PROVIDER_FAULT'];
    case 'fail':
      return refusals[step.code];
  }
}
