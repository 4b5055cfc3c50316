// The lines of the histories that a fault test leaves behind, as JSON, one a line, on one clock.

export type HistoryLine = { readonly t: number } & (LoadLine | CarrierLine | StreamLine | EndLine);

/** What was asked of the platform, and what it answered. `key` is unlike any other tenant's. */
export type LoadLine =
  | {
      readonly k: 'send.invoke';
      readonly key: string;
      readonly tenant: string;
      readonly recipient: string;
      readonly purpose: string;
    }
  | { readonly k: 'send.ok'; readonly key: string; readonly messageId: string }
  /** Refused: it must never be sent. */
  | { readonly k: 'send.fail'; readonly key: string; readonly code: string }
  /** No answer, or one that does not say: it may exist. */
  | { readonly k: 'send.unknown'; readonly key: string }
  /** Acknowledged at `t`. Without a channel: on all of them. */
  | {
      readonly k: 'grant' | 'revoke';
      readonly recipient: string;
      readonly purpose: string;
      readonly channel?: string;
    };

/** What providers took, refused and told. `attempt` is what the hand-over carried; `recipient` is the address. */
export type CarrierLine =
  | {
      readonly k: 'accept';
      readonly ref: string;
      readonly attempt: string | null;
      readonly recipient: string;
      readonly channel: string;
    }
  | {
      readonly k: 'reject';
      readonly attempt: string | null;
      readonly recipient: string;
      readonly channel: string;
      readonly permanent: boolean;
    }
  /** Told and answered with success. */
  | {
      readonly k: 'emit';
      readonly eventId: string;
      readonly attempt: string | null;
      readonly channel: string;
      readonly status: string;
    }
  | {
      readonly k: 'revoked-at-provider' | 'fallback-deadline';
      readonly attempt: string | null;
      readonly channel: string;
    };

/** What a subscriber saw. */
export type StreamLine =
  | {
      readonly k: 'connect' | 'gap' | 'disconnect';
      readonly sub: string;
      readonly tenant: string;
    }
  | {
      readonly k: 'event';
      readonly sub: string;
      readonly tenant: string;
      readonly eventId: string;
      readonly messageId: string;
      readonly status: string;
    };

/** An attempt as the platform's own account of a message tells it. */
export interface FinalAttempt {
  /** As providers know it. */
  readonly attempt: string;
  readonly provider: string;
  readonly channel: string;
  readonly state: string;
}

/** Read back through the API at the end. `drained`: nothing was left queued. */
export type EndLine =
  | {
      readonly k: 'final';
      readonly messageId: string;
      readonly key: string;
      readonly tenant: string;
      readonly recipient: string;
      readonly addresses: readonly string[];
      readonly status: string;
      /** Why it ended; null where its receipts ended it. */
      readonly endReason: string | null;
      readonly attempts: readonly FinalAttempt[];
    }
  | { readonly k: 'drained' };

export type LineOf<K extends HistoryLine['k']> = HistoryLine & { readonly k: K };

/** Every kind with the keys that a line of it has, so that a history in another format is no history without faults. */
const keysOf: Readonly<Record<HistoryLine['k'], readonly string[]>> = {
  'send.invoke': ['key', 'tenant', 'recipient', 'purpose'],
  'send.ok': ['key', 'messageId'],
  'send.fail': ['key', 'code'],
  'send.unknown': ['key'],
  grant: ['recipient', 'purpose'],
  revoke: ['recipient', 'purpose'],
  accept: ['ref', 'attempt', 'recipient', 'channel'],
  reject: ['attempt', 'recipient', 'channel', 'permanent'],
  emit: ['eventId', 'attempt', 'channel', 'status'],
  'revoked-at-provider': ['attempt', 'channel'],
  'fallback-deadline': ['attempt', 'channel'],
  connect: ['sub', 'tenant'],
  gap: ['sub', 'tenant'],
  disconnect: ['sub', 'tenant'],
  event: ['sub', 'tenant', 'eventId', 'messageId', 'status'],
  final: [
    'messageId',
    'key',
    'tenant',
    'recipient',
    'addresses',
    'status',
    'endReason',
    'attempts',
  ],
  drained: [],
};

/** Reads the texts of several histories into one, in the order of time. Throws TypeError for a line that is none. */
export function parseHistories(texts: readonly string[]): readonly HistoryLine[] {
  const lines = texts.flatMap((text) => text.split('\n').filter((line) => line !== ''));
  return lines.map(parseLine).sort((a, b) => a.t - b.t);
}

function parseLine(text: string): HistoryLine {
  const line = JSON.parse(text) as HistoryLine;
  const keys = Object.hasOwn(keysOf, line.k) ? keysOf[line.k] : null;
  if (typeof line.t !== 'number' || keys?.every((key) => Object.hasOwn(line, key)) !== true) {
    throw new TypeError(`not a line of a history: ${text}`);
  }
  return line;
}
