// Takes what an SMSC delivers over a bound receiver, and acknowledges what is kept.
import { setTimeout as pause } from 'node:timers/promises';
import type { NewUuid } from '../../schema/ids.ts';
import type { Listener, RawCallback } from '../provider.ts';
import type { Connection, Endpoint, Frame } from './connection.ts';
import { DELIVERY_HEADER } from './receive.ts';
import { BindError, type Session, type SessionOptions } from './session.ts';

export interface Receiving {
  openSession(over: Pick<SessionOptions, 'command' | 'onRequest'>): Session;
  readonly newUuid: NewUuid;
  /** What came over the session, and is genuine for that. */
  readonly handedIn: WeakSet<RawCallback>;
  readonly account: Endpoint;
}

/** "ESME Receiver Temporary App Error": the SMSC delivers it again. Source: SMPP 3.4, section 5.1.3. */
const TRY_AGAIN = 0x64;

/** Binds at once, and again whenever the session is lost. Returns what ends it, after what is in hand is kept. */
export function listen(receiving: Receiving, listener: Listener): () => Promise<void> {
  const { host, port } = receiving.account;
  const underWay = new Set<Promise<void>>();
  const ending = new AbortController();

  const take = async (request: Frame, connection: Connection): Promise<void> => {
    const callback: RawCallback = {
      url: `smpp://${host}:${port}`,
      headers: { [DELIVERY_HEADER]: receiving.newUuid() },
      body: request.bytes,
    };
    receiving.handedIn.add(callback);
    const status = await listener.take(callback).then(
      () => 0,
      () => TRY_AGAIN,
    );
    connection.answer(request, 'deliver_sm_resp', status);
  };
  const session = receiving.openSession({
    command: 'bind_receiver',
    onRequest: (request, connection) => {
      const taking = take(request, connection).finally(() => underWay.delete(taking));
      underWay.add(taking);
    },
  });
  const run = async (): Promise<void> => {
    while (!ending.signal.aborted) {
      try {
        await (
          await session.connection()
        ).closed;
        if (!ending.signal.aborted) listener.interrupted('the session is lost');
      } catch (error) {
        if (!(error instanceof BindError)) throw error;
        listener.interrupted(error.message);
      }
      // A timer may be early by the clock's measure.
      while (session.pauseMs > 0 && !ending.signal.aborted) {
        await pause(session.pauseMs, null, ending).catch(() => null);
      }
    }
  };
  const running = run();
  return async () => {
    ending.abort();
    await Promise.all(underWay);
    await session.close();
    await Promise.all(underWay);
    await running;
  };
}
