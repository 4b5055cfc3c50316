// An SMSC that answers what a test tells it to, and keeps what it was sent.
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createServer, PDU, type PduFields, type Session } from 'smpp';

/** `cut` and `hang`: no answer. Bytes are sent as they are. */
export type SmscAnswer =
  { readonly status: number; readonly messageId?: string } | Buffer | 'cut' | 'hang';

export interface AnsweringSmsc {
  readonly port: number;
  /** The answer to every submission; by default they are taken. */
  answer: SmscAnswer;
  /** The answer to every bind. */
  bindAnswer: SmscAnswer;
  /** Every submission so far. */
  readonly submissions: readonly PDU[];
  /** What sessions did beside submitting, in order. */
  readonly goings: readonly string[];
  /** The most submissions that were open at once while they were answered with `hold`. */
  readonly openMax: number;
  /** Answers each submission only after the event loop has turned a few times, so that others can come in between. */
  hold: boolean;
  /** Delivers to the newest receiver, once there is one, and resolves with the status of the answer. */
  deliver(fields: PduFields): Promise<number>;
  /** Asks the newest session, once there is one, whether it is there; resolves with the status of the answer. */
  enquire(): Promise<number>;
  /** Hangs up on everybody. */
  hangUp(): void;
  close(): Promise<void>;
}

const TAKEN: SmscAnswer = { status: 0, messageId: 'id-1' };

export async function startAnsweringSmsc(): Promise<AnsweringSmsc> {
  const sessions = new Set<Session>();
  const submissions: PDU[] = [];
  const goings: string[] = [];
  const bound: { command: string; session: Session }[] = [];
  const waiting: (() => void)[] = [];
  let open = 0;
  let openMax = 0;

  const reply = (session: Session, pdu: PDU, answer: SmscAnswer): void => {
    if (answer === 'hang') return;
    if (answer === 'cut') session.destroy();
    else if (Buffer.isBuffer(answer)) session.socket.write(answer);
    else {
      const { status, messageId } = answer;
      const fields = { command_status: status, ...(messageId && { message_id: messageId }) };
      session.send(pdu.response(fields));
    }
  };
  const submitted = async (session: Session, pdu: PDU): Promise<void> => {
    submissions.push(pdu);
    open += 1;
    openMax = Math.max(openMax, open);
    for (let turn = 0; smsc.hold && turn < 20; turn += 1) await new Promise(setImmediate);
    open -= 1;
    reply(session, pdu, smsc.answer);
  };
  const server = createServer((session) => {
    sessions.add(session);
    session.once('close', () => sessions.delete(session));
    session.on('error', () => session.destroy());
    for (const command of ['bind_transmitter', 'bind_receiver']) {
      session.on(command, (pdu: PDU) => {
        goings.push(command);
        reply(session, pdu, smsc.bindAnswer);
        bound.push({ command, session });
        for (const look of waiting.splice(0)) look();
      });
    }
    session.on('submit_sm', (pdu: PDU) => void submitted(session, pdu));
    session.on('enquire_link', (pdu: PDU) => {
      goings.push('enquire_link');
      session.send(pdu.response());
    });
    session.on('unbind', (pdu: PDU) => {
      goings.push('unbind');
      session.send(pdu.response());
      session.close();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');

  const ask = (session: Session, pdu: PDU): Promise<number> =>
    new Promise((resolve) => session.send(pdu, (answer) => resolve(answer.command_status)));
  const newest = async (wanted = /./): Promise<Session> => {
    for (;;) {
      const found = bound.findLast((one) => wanted.test(one.command) && sessions.has(one.session));
      if (found !== undefined) return found.session;
      await new Promise<void>((resolve) => waiting.push(resolve));
    }
  };
  const smsc: AnsweringSmsc = {
    port: (server.address() as AddressInfo).port,
    answer: TAKEN,
    bindAnswer: { status: 0 },
    submissions,
    goings,
    hold: false,
    get openMax() {
      return openMax;
    },
    deliver: async (fields) => ask(await newest(/receiver/), new PDU('deliver_sm', fields)),
    enquire: async () => ask(await newest(), new PDU('enquire_link')),
    hangUp: () => {
      for (const session of sessions) session.destroy();
      sessions.clear();
    },
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      smsc.hangUp();
      await closed;
    },
  };
  return smsc;
}
