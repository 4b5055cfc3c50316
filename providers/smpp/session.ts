// A bound session with an SMSC: opened when it is needed, again after it was lost, and no oftener than an SMSC can bear.
import type { Clock } from '../../platform/clock.ts';
import { FailureCode } from '../../schema/vocabulary.ts';
import { Connection, SmppError, type Endpoint, type OnRequest } from './connection.ts';
import { failureOf } from './errors.ts';

export interface Account extends Endpoint {
  readonly systemId: string;
  readonly password: string;
  readonly systemType: string;
}

export interface SessionOptions {
  readonly account: Account;
  readonly command: 'bind_transmitter' | 'bind_receiver';
  readonly onRequest: OnRequest;
  readonly keepAliveMs: number;
  readonly clock: Clock;
  /** From 0 to 1. */
  readonly random: () => number;
}

/** The SMSC does not take this account, or is not there. `providerCode` is its own word. */
export class BindError extends Error {
  override name = 'BindError';
  readonly code: FailureCode;
  readonly providerCode: string;

  constructor(code: FailureCode, providerCode: string) {
    super(`no session: ${providerCode}`);
    this.code = code;
    this.providerCode = providerCode;
  }
}

const INTERFACE_VERSION = 0x34;
const BIND_MS = 10_000;
/** How long an SMSC may take to say that it is there. */
export const ALIVE_MS = 5_000;
const PAUSE_FIRST_MS = 250;
const PAUSE_MAX_MS = 60_000;
/** A session that ends sooner counts as one that failed: an SMSC that hangs up at once is not asked in a tight loop. */
const STABLE_MS = 5_000;

export class Session {
  readonly #options: SessionOptions;
  readonly #ending = new AbortController();
  #opening: Promise<Connection> | null = null;
  #failures = 0;
  #failure: BindError | null = null;
  #retryAt = 0;

  constructor(options: SessionOptions) {
    this.#options = options;
  }

  /** The connection, bound. Rejects with BindError when that fails, and at once in the pause that follows. */
  connection(): Promise<Connection> {
    if (this.#failure !== null && this.pauseMs > 0) return Promise.reject(this.#failure);
    this.#opening ??= this.#open();
    return this.#opening;
  }

  /** Until it may be tried again. */
  get pauseMs(): number {
    return Math.max(0, this.#retryAt - this.#options.clock.now());
  }

  /** Says goodbye and hangs up. Whatever waits for an answer is failed. */
  async close(): Promise<void> {
    this.#ending.abort();
    const connection = await this.#opening?.catch(() => null);
    if (connection === null || connection === undefined) return;
    if (connection.usable) {
      const patience = AbortSignal.timeout(1_000);
      await connection.request('unbind', {}, patience).catch(() => null);
    }
    connection.destroy();
    await connection.closed;
  }

  async #open(): Promise<Connection> {
    const { clock, keepAliveMs } = this.#options;
    try {
      const connection = await this.#bind();
      const boundAt = clock.now();
      connection.keepAlive(keepAliveMs, ALIVE_MS);
      void connection.closed.then(() => {
        this.#opening = null;
        if (clock.now() - boundAt >= STABLE_MS) this.#failures = 0;
        else this.#fail(new BindError(FailureCode.PROVIDER_FAULT, 'connection lost'));
      });
      return connection;
    } catch (error) {
      this.#opening = null;
      const failure =
        error instanceof BindError ? error : new BindError(FailureCode.PROVIDER_FAULT, 'not-sent');
      this.#fail(failure);
      throw failure;
    }
  }

  #fail(failure: BindError): void {
    const { clock, random } = this.#options;
    const pauseMs = Math.min(PAUSE_MAX_MS, PAUSE_FIRST_MS * 2 ** this.#failures);
    this.#failures = Math.min(this.#failures + 1, 16);
    this.#failure = failure;
    this.#retryAt = clock.now() + Math.round(pauseMs * (0.5 + random() / 2));
  }

  async #bind(): Promise<Connection> {
    const { account, command, onRequest } = this.#options;
    const signal = AbortSignal.any([this.#ending.signal, AbortSignal.timeout(BIND_MS)]);
    const connection = await Connection.open(account, onRequest, signal);
    const { systemId, password, systemType } = account;
    const fields = {
      system_id: systemId,
      password,
      system_type: systemType,
      interface_version: INTERFACE_VERSION,
    };
    try {
      const { status } = await connection.request(command, fields, signal);
      if (status === 0) return connection;
      const { code, name } = failureOf(status);
      throw new BindError(code, name);
    } catch (error) {
      connection.destroy();
      if (error instanceof SmppError) throw new BindError(FailureCode.PROVIDER_FAULT, 'not bound');
      throw error;
    }
  }
}
