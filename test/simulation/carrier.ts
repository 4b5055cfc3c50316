// A carrier of a run: takes messages in good weather and bad, brings them to people or not, and reports, or does not.
import type { Outbound, SendOutcome } from '../../providers/provider.ts';
import { uuidOf } from '../../schema/ids.ts';
import type { Channel, DeliveryEventType, FailureCode } from '../../schema/vocabulary.ts';
import type { Random } from './random.ts';
import type { VirtualTime } from './virtual-time.ts';

/** What kind of provider it is, in the words of `Provider`. */
export interface CarrierKind {
  readonly id: string;
  readonly channel: Channel;
  readonly duplicates: 'client-key' | 'none';
  readonly receiptsName: 'attempt' | 'message';
  readonly reportsDeliveries: boolean;
  readonly revokes: boolean;
}

/** A message in a carrier's hands. */
export interface Taken {
  readonly attemptId: string;
  readonly messageId: string;
  readonly providerMessageId: string;
  readonly takenAt: number;
  state: 'held' | 'delivered' | 'failed' | 'expired' | 'revoked';
}

export interface Report {
  readonly key: string;
  readonly attemptId: string | null;
  readonly providerMessageId: string;
  readonly type: DeliveryEventType;
  readonly failureCode: FailureCode | null;
  readonly occurredAt: number;
}

/** Who hears of what the carrier does. */
export interface CarrierListener {
  taken(carrier: CarrierKind, taken: Taken): void;
  changed(carrier: CarrierKind, taken: Taken): void;
  report(carrier: CarrierKind, report: Report): void;
}

/** lost: it takes the message, and its answer is never heard. silent: it never heard of the message. */
const WEATHERS = ['fine', 'busy', 'down', 'lost', 'silent'] as const;
type Weather = (typeof WEATHERS)[number];

const REFUSALS = ['INVALID_RECIPIENT', 'UNSUPPORTED', 'BLOCKED', 'OPTED_OUT', 'UNKNOWN'] as const;

export class Carrier {
  readonly kind: CarrierKind;
  readonly taken: Taken[] = [];
  readonly #random: Random;
  readonly #time: VirtualTime;
  readonly #listener: CarrierListener;
  /** Addresses that it refuses, each with its reason. */
  readonly #refusals = new Map<string, FailureCode | null>();
  #weather: Weather = 'fine';

  constructor(
    kind: CarrierKind,
    at: { random: Random; time: VirtualTime; listener: CarrierListener; healsAt: number },
  ) {
    this.kind = kind;
    this.#random = at.random;
    this.#time = at.time;
    this.#listener = at.listener;
    const calm = at.random.chance(0.3);
    if (!calm) this.#changeWeather(at.healsAt);
  }

  /** A request arrives. Null: it is never answered. */
  request(outbound: Outbound): SendOutcome | null {
    // Each request has some weather of its own.
    const weather = this.#random.chance(0.9) ? this.#weather : this.#answersItself();
    const fault = (code: FailureCode, retryAfterMs: number | null): SendOutcome => {
      return { kind: 'refused', code, providerCode: code, retryAfterMs };
    };
    if (weather === 'silent') return null;
    if (weather === 'down') return fault('PROVIDER_FAULT', null);
    if (weather === 'busy') {
      return fault('THROTTLED', this.#random.pick([null, 500, 5_000, 20_000]));
    }
    const known = this.taken.find(({ attemptId }) => attemptId === outbound.attemptId);
    const again = known !== undefined && this.kind.duplicates === 'client-key';
    const refusal = again ? null : this.#refusalOf(outbound.to);
    if (refusal !== null) return fault(refusal, null);
    const taken = again ? known : this.#take(outbound);
    if (weather === 'lost') return null;
    return { kind: 'accepted', providerMessageId: taken.providerMessageId };
  }

  /** Whether it stopped trying, as far as it says. Null: it does not answer. */
  revoke(attemptId: string): boolean | null {
    if (this.#weather === 'silent' || this.#weather === 'down') return null;
    const taken = this.taken.find((one) => one.attemptId === attemptId);
    if (taken?.state !== 'held' || this.#random.chance(0.3)) return false;
    this.#become(taken, 'revoked');
    return this.#weather === 'lost' ? null : true;
  }

  #changeWeather(healsAt: number): void {
    this.#weather = this.#time.now >= healsAt ? 'fine' : this.#random.pick(WEATHERS);
    if (this.#time.now >= healsAt) return;
    const lasts = this.#random.between(1_000, 40_000);
    this.#time.after(Math.min(lasts, healsAt - this.#time.now), () => this.#changeWeather(healsAt));
  }

  #answersItself(): Weather {
    return this.#weather === 'fine' ? 'fine' : this.#random.pick(WEATHERS);
  }

  /** The same for an address each time: a carrier does not take back that there is nobody. */
  #refusalOf(address: string): FailureCode | null {
    const known = this.#refusals.get(address);
    if (known !== undefined) return known;
    const refusal = this.#random.chance(0.15) ? this.#random.pick(REFUSALS) : null;
    this.#refusals.set(address, refusal);
    return refusal;
  }

  #take(outbound: Outbound): Taken {
    const messageId = uuidOf('message', outbound.messageId) ?? '';
    const providerMessageId = `${this.kind.id}-${this.taken.length + 1}`;
    const { attemptId } = outbound;
    const taken: Taken = {
      attemptId,
      messageId,
      providerMessageId,
      takenAt: this.#time.now,
      state: 'held',
    };
    this.taken.push(taken);
    this.#listener.taken(this.kind, taken);
    this.#deliver(taken, outbound.ttlSeconds * 1_000);
    return taken;
  }

  #deliver(taken: Taken, ttlMs: number): void {
    const random = this.#random;
    const fate = random.next();
    if (random.chance(0.2)) this.#report(taken, 'SENT');
    if (fate < 0.15) {
      const code = random.pick(['UNREACHABLE', 'BLOCKED', 'EXPIRED', 'PROVIDER_FAULT'] as const);
      this.#ends(taken, random.wait(20, 30_000), 'failed', () =>
        this.#report(taken, 'FAILED', code),
      );
    } else if (fate < 0.35) {
      // The handset is off: the carrier tries until its time is over.
      this.#ends(taken, ttlMs, 'expired', () => {
        if (random.chance(0.5)) this.#report(taken, 'EXPIRED');
      });
    } else {
      const afterMs = random.wait(10, 60_000);
      if (afterMs > ttlMs) return this.#ends(taken, ttlMs, 'expired', () => {});
      this.#ends(taken, afterMs, 'delivered', () => this.#delivered(taken));
    }
  }

  #delivered(taken: Taken): void {
    const random = this.#random;
    if (random.chance(0.9)) this.#report(taken, 'DELIVERED');
    if (random.chance(0.4)) {
      this.#time.after(random.wait(500, 90_000), () => this.#report(taken, 'READ'));
    }
  }

  #ends(taken: Taken, afterMs: number, as: Taken['state'], then: () => void): void {
    this.#time.after(afterMs, () => {
      if (taken.state !== 'held') return;
      this.#become(taken, as);
      then();
    });
  }

  #become(taken: Taken, state: Taken['state']): void {
    taken.state = state;
    this.#listener.changed(this.kind, taken);
  }

  #report(taken: Taken, type: DeliveryEventType, failureCode: FailureCode | null = null): void {
    const { attemptId, providerMessageId } = taken;
    const named = this.kind.receiptsName === 'attempt' ? attemptId : null;
    // A carrier without reports of deliveries may still say that it failed.
    if (!this.kind.reportsDeliveries && type !== 'FAILED') return;
    this.#listener.report(this.kind, {
      key: `${providerMessageId}/${type}`,
      attemptId: named,
      providerMessageId,
      type,
      failureCode,
      occurredAt: this.#time.now,
    });
  }
}
