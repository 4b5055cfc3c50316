// The messages that one carrier took, and what becomes of each: receipts by its profile, expiry, revocation.
import type { Behaviour } from './behaviour.ts';
import type { Callback, CallbackQueue } from './callbacks.ts';
import type { Handsets, ShownMessage } from './handset.ts';
import type { History } from './history.ts';
import type { ReceiptKind, ReceiptStep } from './profile.ts';
import type { Timers } from './timers.ts';

export interface Message {
  /** The carrier's own id. */
  readonly ref: string;
  readonly attempt: string | null;
  readonly address: string;
  /** Null: the carrier tries for ever. */
  readonly ttlMs: number | null;
  readonly shown: Omit<ShownMessage, 'ref'>;
  /** The answer to its hand-over, for its repetition. */
  readonly answer: object;
  readonly callbackUrl: string | null;
}

export interface Receipt {
  readonly kind: ReceiptKind;
  readonly code: string | null;
}

/** How one wire writes a receipt; null for what its API does not tell. */
export interface ReceiptFormat {
  receipt(message: Message, receipt: Receipt): (Callback & { readonly eventId: string }) | null;
  /** A callback with a wrong signature that claims the message was read. */
  forgery(message: Message): Callback | null;
}

export interface MessageBook {
  /** `receipts` replaces the profile's, for a failure that the wire tells after the hand-over only. */
  accept(message: Message, receipts?: readonly ReceiptStep[]): void;
  find(ref: string): Message | undefined;
  /** The last receipt of a message, told or not; null while it is on its way. */
  lastReceipt(ref: string): Receipt | null;
  /** Ends further delivery; false for an unknown message. */
  revoke(ref: string): boolean;
  /** Tells a receipt now; without one, all that were told before, again. False for an unknown message. */
  replay(ref: string, receipt: Receipt | null): boolean;
  readonly size: number;
  reset(): void;
}

export interface BookParts {
  readonly behaviour: Behaviour;
  readonly timers: Timers;
  readonly queue: CallbackQueue;
  readonly handsets: Handsets;
  readonly history: History;
}

// Enough to recognise every repetition; what is older than that many others is forgotten.
const MESSAGES_MAX = 100_000;

interface Life {
  readonly message: Message;
  readonly told: Receipt[];
  pending: (() => void)[];
  onScreen: boolean;
}

export function createMessageBook(parts: BookParts, format: ReceiptFormat): MessageBook {
  const { behaviour, timers, handsets, history } = parts;
  const lives = new Map<string, Life>();

  const happen = (life: Life, receipt: Receipt): void => {
    const { message } = life;
    if ((receipt.kind === 'delivered' || receipt.kind === 'read') && !life.onScreen) {
      life.onScreen = true;
      handsets.show(message.address, { ref: message.ref, ...message.shown });
    }
    life.told.push(receipt);
    tell(parts, format, message, receipt);
  };
  const end = (life: Life): void => {
    for (const takeBack of life.pending) takeBack();
    life.pending = [];
    if (life.onScreen) return;
    const { attempt, shown } = life.message;
    history.write({ k: 'revoked-at-provider', attempt, channel: shown.channel });
  };
  const schedule = (life: Life, steps: readonly ReceiptStep[]): void => {
    if (steps.some((step) => step.kind === 'none')) return;
    life.pending = steps.map((step) => timers.after(step.afterMs, () => happen(life, step)));
    const { ttlMs } = life.message;
    const settled = (step: ReceiptStep) =>
      step.kind !== 'sent' && step.afterMs <= (ttlMs ?? Infinity);
    if (ttlMs === null || steps.some(settled)) return;
    life.pending.push(
      timers.after(ttlMs, () => {
        end(life);
        happen(life, { kind: 'expired', code: null });
      }),
    );
  };

  return {
    accept: (message, receipts) => {
      const { ref, attempt, address, shown } = message;
      const life: Life = { message, told: [], pending: [], onScreen: false };
      lives.set(ref, life);
      const [oldest] = lives.size > MESSAGES_MAX ? lives.keys() : [];
      if (oldest !== undefined) lives.delete(oldest);
      history.write({ k: 'accept', ref, attempt, recipient: address, channel: shown.channel });
      schedule(life, receipts ?? behaviour.receipts(shown.channel, address));
    },
    find: (ref) => lives.get(ref)?.message,
    lastReceipt: (ref) => lives.get(ref)?.told.at(-1) ?? null,
    revoke: (ref) => {
      const life = lives.get(ref);
      if (life === undefined) return false;
      // A receipt of what is on the screen already still comes: revoking only stops further tries.
      if (!life.onScreen) end(life);
      return true;
    },
    replay: (ref, receipt) => {
      const life = lives.get(ref);
      if (life === undefined) return false;
      if (receipt !== null) happen(life, receipt);
      else for (const told of life.told) tell(parts, format, life.message, told);
      return true;
    },
    get size() {
      return lives.size;
    },
    reset: () => lives.clear(),
  };
}

function tell(
  { behaviour, queue, history }: BookParts,
  format: ReceiptFormat,
  message: Message,
  receipt: Receipt,
): void {
  const callback = format.receipt(message, receipt);
  if (callback === null) return;
  const { duplicate, badSignature } = behaviour.profileOf(message.address);
  const faults = behaviour.faults.callbacks;
  const byChance = (share: number) => (share > 0 && behaviour.random() < share ? 1 : 0);

  const forgery = format.forgery(message);
  const forgedCount = badSignature + byChance(faults.badSignature);
  for (let i = 0; i < forgedCount && forgery !== null; i += 1)
    queue.push({ ...forgery, once: true });

  const { attempt, shown } = message;
  const status = receipt.kind.toUpperCase();
  const line = {
    k: 'emit',
    eventId: callback.eventId,
    attempt,
    channel: shown.channel,
    status,
  } as const;
  const copyCount = 1 + duplicate + byChance(faults.duplicate);
  for (let i = 0; i < copyCount; i += 1) {
    queue.push({ ...callback, onTaken: () => history.write(line) });
  }
}
