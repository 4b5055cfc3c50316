// An SMSC as its customers see it: binds, submissions whole or in parts, and answers that come late or never.
import { randomBytes } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { createServer, type PDU, type Session } from 'smpp';
import type { FailureCode } from '../schema/vocabulary.ts';
import type { Behaviour } from './behaviour.ts';
import type { History } from './history.ts';
import type { Journal } from './journal.ts';
import type { MessageBook } from './message-book.ts';
import { lostAnswer, type ReceiptStep, type SubmitStep } from './profile.ts';
import type { LoopbackServer } from './server.ts';
import { textOf, type SmppAssembly } from './smpp-assembly.ts';
import { CUSTOMER_URL } from './smpp-deliveries.ts';
import type { SmppReceivers } from './smpp-receivers.ts';

export interface SmppParts {
  readonly account: { readonly systemId: string; readonly password: string };
  readonly behaviour: Behaviour;
  readonly book: MessageBook;
  readonly history: History;
  readonly journal: Journal;
  readonly receivers: SmppReceivers;
  readonly assembly: SmppAssembly;
}

/** Source: SMPP 3.4, section 5.1.3. */
const Status = {
  OK: 0x00,
  INVALID_BIND_STATE: 0x04,
  SYSTEM_ERROR: 0x08,
  INVALID_SOURCE: 0x0a,
  INVALID_DESTINATION: 0x0b,
  INVALID_PASSWORD: 0x0e,
  INVALID_SYSTEM_ID: 0x0f,
  INVALID_LENGTH: 0x01,
  SUBMIT_FAILED: 0x45,
  THROTTLED: 0x58,
} as const;

/** Failures that are answered at once; others are reported after the hand-over. */
const failureStatuses: Readonly<Partial<Record<FailureCode, number>>> = {
  INVALID_RECIPIENT: Status.INVALID_DESTINATION,
  SENDER_REJECTED: Status.INVALID_SOURCE,
  INVALID_CONTENT: Status.INVALID_LENGTH,
  AUTH: Status.INVALID_BIND_STATE,
  THROTTLED: Status.THROTTLED,
  PROVIDER_FAULT: Status.SYSTEM_ERROR,
};
/** What a profile writes as an HTTP status. */
const statuses: Readonly<Record<number, number>> = {
  400: Status.SUBMIT_FAILED,
  401: Status.INVALID_BIND_STATE,
  403: Status.INVALID_SOURCE,
  429: Status.THROTTLED,
};
const FAILURE_AFTER_MS = 50;

/** How one PDU is answered: with a status, and with an id where a message was taken; or not at all. */
type Reply = { readonly status: number; readonly messageId?: string } | 'cut' | 'hang';

/** Port 0 takes a free one. */
export function listenSmpp(port: number, parts: SmppParts): Promise<LoopbackServer> {
  const sessions = new Set<Session>();
  const server = createServer((session) => {
    sessions.add(session);
    session.once('close', () => sessions.delete(session));
    session.on('error', () => session.destroy());
    serve(session, parts);
  });
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () =>
      resolve({
        port: (server.address() as AddressInfo).port,
        close: () =>
          new Promise((closed) => {
            server.close(() => closed());
            for (const session of sessions) session.destroy();
          }),
      }),
    );
  });
}

function serve(session: Session, parts: SmppParts): void {
  const { account, behaviour, receivers } = parts;
  let mayTransmit = false;
  const bind = (transmits: boolean, receives: boolean) => (pdu: PDU) => {
    if (pdu.system_id !== account.systemId) return { status: Status.INVALID_SYSTEM_ID };
    if (pdu.password !== account.password) return { status: Status.INVALID_PASSWORD };
    mayTransmit = transmits;
    if (receives) receivers.add(session);
    return { status: Status.OK };
  };
  const deeds: Readonly<Record<string, (pdu: PDU) => Reply>> = {
    bind_transmitter: bind(true, false),
    bind_receiver: bind(false, true),
    bind_transceiver: bind(true, true),
    submit_sm: (pdu) => (mayTransmit ? submit(parts, pdu) : { status: Status.INVALID_BIND_STATE }),
    enquire_link: () => ({ status: Status.OK }),
  };
  for (const [command, deed] of Object.entries(deeds)) {
    session.on(command, (pdu: PDU) => {
      const hit = behaviour.hit('smpp');
      const told = hit === null ? deed(pdu) : (refusal(hit) ?? { status: Status.SYSTEM_ERROR });
      reply(session, parts, pdu, told);
    });
  }
  session.on('unbind', (pdu: PDU) => {
    session.send(pdu.response());
    session.close();
  });
}

/** The answer takes the wire's latency; what was taken is taken at once, so that a receipt may overtake it. */
function reply(session: Session, { behaviour, journal }: SmppParts, pdu: PDU, told: Reply): void {
  const status = typeof told === 'object' ? told.status : told;
  const { command: method, destination_addr: path = '' } = pdu;
  journal.write({ wire: 'smpp', direction: 'in', method, path, status, body: textOf(pdu) });
  if (told === 'hang') return;
  if (told === 'cut') return session.destroy();
  const answer = pdu.response({
    command_status: told.status,
    ...(told.messageId !== undefined && { message_id: told.messageId }),
  });
  const latencyMs = behaviour.latencyMs('smpp');
  if (latencyMs === 0) session.send(answer);
  else setTimeout(() => session.send(answer), latencyMs).unref();
}

/** Each part consumes a step of the script. */
function submit(parts: SmppParts, pdu: PDU): Reply {
  const { assembly, behaviour, history, book } = parts;
  const address = `+${pdu.destination_addr ?? ''}`;
  if (!/^\+[1-9]\d{6,14}$/.test(address)) return { status: Status.INVALID_DESTINATION };
  const step = behaviour.nextStep('SMS', address);
  const failed = refusal(step);
  if (failed !== null) {
    const permanent = step.kind === 'fail' && step.code !== 'THROTTLED';
    history.write({ k: 'reject', attempt: null, recipient: address, channel: 'SMS', permanent });
    return failed;
  }
  const messageId = randomBytes(8).toString('hex');
  const whole = assembly.take(pdu, messageId);
  if (whole !== null) {
    const { ref, text, wantsReceipt } = whole;
    const until = pdu.validity_period;
    const ttlMs = until instanceof Date ? until.getTime() - Date.now() : null;
    const from = pdu.source_addr ?? '';
    const shown = { channel: 'SMS', from, title: null, text, suggestions: [] } as const;
    const callbackUrl = wantsReceipt ? CUSTOMER_URL : null;
    book.accept(
      { ref, attempt: null, address, ttlMs, shown, answer: {}, callbackUrl },
      step.kind === 'fail' ? failureReceipts(step.code) : undefined,
    );
  }
  return lostAnswer(step) ?? { status: Status.OK, messageId };
}

const failureReceipts = (code: FailureCode): readonly ReceiptStep[] => [
  { kind: 'failed', code, afterMs: FAILURE_AFTER_MS },
];

/** Null for a step that lets the message through. */
function refusal(step: SubmitStep): Reply | null {
  switch (step.kind) {
    case 'ok':
    case 'cut-after':
    case 'hang-after':
      return null;
    case 'cut':
    case 'hang':
      return step.kind;
    case 'status':
      return { status: statuses[step.status] ?? Status.SYSTEM_ERROR };
    case 'fail': {
      const status = failureStatuses[step.code];
      return status === undefined ? null : { status };
    }
  }
}
