// A carrier's adapter inside one process: what it asks may arrive late, and what is answered may never be heard.
import type {
  Outbound,
  Provider,
  ProviderEvent,
  RawCallback,
  SendOutcome,
} from '../../providers/provider.ts';
import type { Carrier, Report } from './carrier.ts';
import type { Faults } from './faults.ts';
import type { Machine } from './machine.ts';
import type { Random } from './random.ts';
import type { VirtualTime } from './virtual-time.ts';

export interface AdapterSurroundings {
  readonly machine: Machine;
  readonly time: VirtualTime;
  readonly random: Random;
  readonly faults: Faults;
  handsOver(carrier: Carrier, outbound: Outbound): void;
}

const NETWORK_MS = 30;
/** A request that was written to a socket may be read long after everybody gave it up. */
const LATE_MS = 25_000;
const SENDS_MAX = 50;

export function adapterOf(carrier: Carrier, at: AdapterSurroundings): Provider {
  const { id, channel, duplicates, receiptsName, reportsDeliveries, revokes } = carrier.kind;
  const toCarrier = (): number => {
    const late = !at.faults.over && at.random.chance(0.03);
    return at.random.wait(1, late ? LATE_MS : NETWORK_MS);
  };
  /** What the carrier answers in time, or else what stands for no answer. */
  const ask = <T>(deadlineMs: number, none: T, request: () => T | null): Promise<T> =>
    new Promise((resolve) => {
      const hear = (answer: T): void => at.machine.reach(() => resolve(answer));
      at.time.after(deadlineMs, () => hear(none));
      at.time.after(toCarrier(), () => {
        const answer = request();
        if (answer !== null) at.time.after(at.random.wait(1, NETWORK_MS), () => hear(answer));
      });
    });
  return {
    id,
    channel,
    duplicates,
    receiptsName,
    reportsDeliveries,
    nativeE2ee: false,
    sendsMax: SENDS_MAX,
    rate: null,
    send: (outbound, deadlineMs) => {
      at.handsOver(carrier, outbound);
      const none: SendOutcome = { kind: 'unknown', detail: 'no answer' };
      return ask(deadlineMs, none, () => carrier.request(outbound));
    },
    ...(revokes && {
      revoke: ({ attemptId }: { attemptId: string }, deadlineMs: number) =>
        ask(deadlineMs, false, () => carrier.revoke(attemptId)),
    }),
    verify: ({ headers }) =>
      headers['signature'] === carrier.kind.id
        ? { kind: 'genuine' }
        : { kind: 'forged', reason: 'not signed' },
    events: ({ body }) => [eventOf(JSON.parse(body.toString('utf8')) as Report)],
    close: () => Promise.resolve(),
  };
}

export function callbackOf(carrierId: string, report: Report): RawCallback {
  const body = Buffer.from(JSON.stringify(report));
  return { url: `https://parley.example/${carrierId}`, headers: { signature: carrierId }, body };
}

function eventOf(report: Report): ProviderEvent {
  const { key, attemptId, providerMessageId, type, failureCode, occurredAt } = report;
  return {
    dedupeKey: key,
    attemptId,
    providerMessageId,
    providerEventId: key,
    type,
    failureCode,
    providerCode: failureCode,
    occurredAt,
  };
}
