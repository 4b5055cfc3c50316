// The sessions that take deliveries: an SMSC pushes a receipt to one of them and waits for its word.
import { PDU, type PduFields, type Session } from 'smpp';
import type { Carry } from './callbacks.ts';

export interface SmppReceivers extends Carry {
  /** From now on, until it closes. */
  add(session: Session): void;
}

const ANSWER_TIMEOUT_MS = 10_000;

/** Receivers take turns. Without one, nothing is taken. */
export function createSmppReceivers(): SmppReceivers {
  const sessions: Session[] = [];
  return {
    method: 'deliver_sm',
    add: (session) => {
      sessions.push(session);
      session.once('close', () => sessions.splice(sessions.indexOf(session), 1));
    },
    post: async ({ body }) => {
      const session = sessions.shift();
      if (session === undefined) return null;
      sessions.push(session);
      const status = await delivered(session, JSON.parse(body) as PduFields);
      return status === null ? null : { status, taken: status === 0, text: '' };
    },
    close: () => Promise.resolve(),
  };
}

/** The status of the answer; null where none comes. */
function delivered(session: Session, fields: PduFields): Promise<number | null> {
  return new Promise((resolve) => {
    const end = (status: number | null): void => {
      clearTimeout(timer);
      session.off('close', lose);
      resolve(status);
    };
    const lose = (): void => end(null);
    const timer = setTimeout(lose, ANSWER_TIMEOUT_MS);
    session.once('close', lose);
    const sent = session.send(new PDU('deliver_sm', fields), (answer) =>
      end(answer.command_status),
    );
    if (!sent) lose();
  });
}
