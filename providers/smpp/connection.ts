// One connection to an SMSC: PDUs out and in, and no request that waits for ever.
import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import smpp, { PDU, type PduFields } from 'smpp';

/** Where an SMSC is. */
export interface Endpoint {
  readonly host: string;
  readonly port: number;
  readonly tls: boolean;
}

/** A PDU as it came. Its body is read by whoever asked for it. */
export interface Frame {
  readonly commandId: number;
  readonly status: number;
  readonly sequence: number;
  /** All of it, the header too. */
  readonly bytes: Buffer;
}

/** Why a request has no answer. `not-sent`: nothing of it left this process; `no-answer`: it may have arrived. */
export class SmppError extends Error {
  override name = 'SmppError';
  readonly code: 'not-sent' | 'no-answer';

  constructor(code: SmppError['code'], message: string) {
    super(message);
    this.code = code;
  }
}

interface Pending {
  resolve(frame: Frame): void;
  reject(error: SmppError): void;
}

const HEADER_BYTES = 16;
const PDU_BYTES_MAX = 65_536;
const ANSWER_BIT = 0x80000000;
const SEQUENCE_MAX = 0x7fffffff;
const idOf = (command: string): number => smpp.commands[command]?.id ?? 0;
export const DELIVER_SM = idOf('deliver_sm');
const ENQUIRE_LINK = idOf('enquire_link');
const UNBIND = idOf('unbind');
const INVALID_COMMAND = 0x03;

/** Requests of the SMSC that are no housekeeping. */
export type OnRequest = (request: Frame, connection: Connection) => void;

export class Connection {
  /** Resolves when it is over, however it ended. */
  readonly closed: Promise<void>;
  readonly #socket: Socket;
  readonly #onRequest: OnRequest;
  readonly #pending = new Map<number, Pending>();
  #received: Buffer = Buffer.alloc(0);
  #sequence = 0;

  private constructor(socket: Socket, onRequest: OnRequest) {
    this.#socket = socket;
    this.#onRequest = onRequest;
    socket.setNoDelay(true);
    socket.on('data', (bytes: Buffer) => this.#read(bytes));
    // A socket's errors are followed by its close; without a listener they would end the process.
    socket.on('error', () => undefined);
    this.closed = new Promise((resolve) => {
      socket.once('close', () => {
        this.#failAll();
        resolve();
      });
    });
  }

  /** Rejects with SmppError when nobody answers there before the signal. */
  static open(endpoint: Endpoint, onRequest: OnRequest, signal: AbortSignal): Promise<Connection> {
    const { host, port } = endpoint;
    return new Promise((resolve, reject) => {
      const socket = endpoint.tls
        ? connectTls({ host, port, ...(isIP(host) === 0 && { servername: host }) })
        : connectTcp({ host, port });
      const fail = (): void => {
        socket.destroy();
        reject(new SmppError('not-sent', 'the SMSC cannot be reached'));
      };
      if (signal.aborted) return fail();
      signal.addEventListener('abort', fail, { once: true });
      socket.once('error', fail);
      socket.once(endpoint.tls ? 'secureConnect' : 'connect', () => {
        signal.removeEventListener('abort', fail);
        socket.off('error', fail);
        resolve(new Connection(socket, onRequest));
      });
    });
  }

  get usable(): boolean {
    return this.#socket.writable;
  }

  /** Resolves with the answer, whatever its status. Rejects with SmppError at the signal, or when the connection ends. */
  request(command: string, fields: PduFields, signal: AbortSignal): Promise<Frame> {
    if (signal.aborted || !this.usable) {
      return Promise.reject(new SmppError('not-sent', 'there was no connection in time'));
    }
    this.#sequence = this.#sequence === SEQUENCE_MAX ? 1 : this.#sequence + 1;
    const sequence = this.#sequence;
    return new Promise((resolve, reject) => {
      const settle = (): void => {
        this.#pending.delete(sequence);
        signal.removeEventListener('abort', giveUp);
      };
      const giveUp = (): void => {
        settle();
        reject(new SmppError('no-answer', 'the SMSC did not answer in time'));
      };
      signal.addEventListener('abort', giveUp, { once: true });
      this.#pending.set(sequence, {
        resolve: (frame) => {
          settle();
          resolve(frame);
        },
        reject: (error) => {
          settle();
          reject(error);
        },
      });
      this.#write(new PDU(command, { ...fields, sequence_number: sequence }));
    });
  }

  /** Answers a request of the SMSC. */
  answer(request: Frame, command: string, status = 0): void {
    const { sequence } = request;
    this.#write(new PDU(command, { sequence_number: sequence, command_status: status }));
  }

  /** Says that this session has no use for such a request. */
  refuse(request: Frame): void {
    this.answer(request, 'generic_nack', INVALID_COMMAND);
  }

  /** Asks whether the SMSC is there, and ends the connection when it does not say so. */
  check(answerMs: number): void {
    this.request('enquire_link', {}, AbortSignal.timeout(answerMs)).catch(() => this.destroy());
  }

  /** Checks every so often. */
  keepAlive(everyMs: number, answerMs: number): void {
    const timer = setInterval(() => this.check(answerMs), everyMs);
    timer.unref();
    void this.closed.then(() => clearInterval(timer));
  }

  destroy(): void {
    this.#socket.destroy();
  }

  #write(pdu: PDU): void {
    if (this.usable) this.#socket.write(pdu.toBuffer());
  }

  #failAll(): void {
    for (const pending of this.#pending.values()) {
      pending.reject(new SmppError('no-answer', 'the connection was lost before the answer'));
    }
  }

  #read(bytes: Buffer): void {
    this.#received = Buffer.concat([this.#received, bytes]);
    while (this.#received.length >= HEADER_BYTES) {
      const length = this.#received.readUInt32BE(0);
      // Where one length is wrong, no PDU after it can be found.
      if (length < HEADER_BYTES || length > PDU_BYTES_MAX) return this.destroy();
      if (this.#received.length < length) return;
      const frame = this.#received.subarray(0, length);
      this.#received = this.#received.subarray(length);
      this.#take({
        commandId: frame.readUInt32BE(4),
        status: frame.readUInt32BE(8),
        sequence: frame.readUInt32BE(12),
        bytes: Buffer.from(frame),
      });
    }
  }

  /** A generic_nack is an answer too: its status says what was wrong. */
  #take(frame: Frame): void {
    if (frame.commandId >= ANSWER_BIT) {
      this.#pending.get(frame.sequence)?.resolve(frame);
      return;
    }
    switch (frame.commandId) {
      case DELIVER_SM:
        return this.#onRequest(frame, this);
      case ENQUIRE_LINK:
        return this.answer(frame, 'enquire_link_resp');
      case UNBIND:
        this.answer(frame, 'unbind_resp');
        this.#socket.end();
        return;
      default:
        this.refuse(frame);
    }
  }
}
