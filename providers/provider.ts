// The contract of a channel provider: translation to and from one outside API, and nothing else.
import type { Clock } from '../platform/clock.ts';
import type { NewUuid } from '../schema/ids.ts';
import type {
  Channel,
  DeliveryEventType,
  FailureCode,
  Keyword,
  MessageType,
  Tristate,
} from '../schema/vocabulary.ts';

/** A tap on a card: it opens a page, or answers with a postback. */
export type CardAction =
  | {
      readonly kind: 'open-url';
      readonly label: string;
      readonly url: string;
      readonly postback: string;
    }
  | { readonly kind: 'reply'; readonly label: string; readonly postback: string };

/** What the renderers make of a message for one channel, before any provider's own format. */
export type RenderedContent =
  | { readonly channel: 'SMS'; readonly text: string }
  | {
      readonly channel: 'RCS';
      readonly title: string | null;
      readonly body: string;
      readonly actions: readonly CardAction[];
    }
  | {
      readonly channel: 'EMAIL';
      /** One line. */
      readonly subject: string;
      readonly text: string;
      readonly html: string;
      /** Where one click unsubscribes (RFC 8058); null where there is nothing to unsubscribe from. */
      readonly unsubscribeUrl: string | null;
    }
  | {
      readonly channel: 'IMESSAGE';
      readonly text: string;
      /** Answers to tap, where the channel shows as many. */
      readonly replies: readonly { readonly label: string; readonly postback: string }[];
    }
  | {
      readonly channel: 'PUSH';
      readonly title: string | null;
      readonly body: string;
      /** What a tap opens; null where there is nothing to open but the app. */
      readonly url: string | null;
      /** Whether `url` has an envelope for the person's devices. */
      readonly isSealed: boolean;
      readonly actions: readonly {
        readonly id: string;
        readonly label: string;
        /** Null: an answer. */
        readonly url: string | null;
      }[];
    };

/** One attempt, ready to be handed over. Nothing in it needs to be looked up again. */
export interface Outbound {
  /** A UUID: the provider's idempotency key wherever it takes one. */
  readonly attemptId: string;
  /** The canonical message id, `msg_...`. */
  readonly messageId: string;
  readonly tenantId: string;
  /** The address in the channel's own form: E.164 for RCS and SMS, `name@domain` for EMAIL, `urn:mbid:...` for IMESSAGE, the
   *  subscription as JSON for PUSH. */
  readonly to: string;
  readonly type: MessageType;
  readonly content: RenderedContent;
  /** Where copies go by other channels at the same time: the one whose copy is to be acted upon. */
  readonly primaryChannel?: Channel | null;
  /** How long the provider may keep trying, in seconds; at least 1. */
  readonly ttlSeconds: number;
}

/** What came of handing over. `unknown`: the provider may or may not have it. */
export type SendOutcome =
  | { readonly kind: 'accepted'; readonly providerMessageId: string }
  | {
      readonly kind: 'refused';
      readonly code: FailureCode;
      /** The provider's own code, as it wrote it. */
      readonly providerCode: string;
      readonly retryAfterMs: number | null;
    }
  | { readonly kind: 'unknown'; readonly detail: string };

/** What a provider says an address can do. `features` are the provider's own names. */
export interface CapabilityReport {
  readonly supported: Tristate;
  readonly features: readonly string[];
  readonly carrier: string | null;
}

/** A callback as it arrived. `url` is the public one that the provider was told, with its query; over a session it is
 *  where the session leads. */
export interface RawCallback {
  readonly url: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Buffer;
}

/** `handshake`: the provider asks whether we own the endpoint; `answer` is the plain-text body that proves it. */
export type Verification =
  | { readonly kind: 'genuine' }
  | { readonly kind: 'forged'; readonly reason: string }
  | { readonly kind: 'handshake'; readonly answer: string };

/** What a person did towards us on their own. Personal data: for those who act on it, never for a log. */
export interface Inbound {
  /** The person's address, in the channel's own form. */
  readonly from: string;
  /** What they wrote; null for a tap or an opt-out without words. */
  readonly text: string | null;
  /** The postback of the reply that they tapped, as the renderer gave it; null for words, and where a page was opened. */
  readonly tapped: string | null;
  /** Whether it goes on from an earlier one: a later part of a long text, whose beginning is no keyword. */
  readonly continues?: boolean;
  /** What the provider itself took it for, where it says so. */
  readonly keyword: Keyword | null;
}

/** One thing that a provider told us, in our words. An event nobody understands has type null and is kept. */
export interface ProviderEvent {
  /** Equal for every repetition of the same event. */
  readonly dedupeKey: string;
  /** Our attempt, where the callback names it. */
  readonly attemptId: string | null;
  readonly providerMessageId: string | null;
  readonly providerEventId: string | null;
  readonly type: DeliveryEventType | null;
  readonly failureCode: FailureCode | null;
  readonly providerCode: string | null;
  /** The provider's own time, in milliseconds since 1970; null where it gives none. */
  readonly occurredAt: number | null;
  /** Only where a person acted: wrote, tapped, subscribed or (with failureCode OPTED_OUT) unsubscribed. */
  readonly inbound?: Inbound;
}

/** What a provider needs beside its own settings. */
export interface ProviderDependencies {
  /** The public URL below which each provider's callbacks arrive, at `/<provider id>`; no trailing slash. */
  readonly callbackBaseUrl: string;
  readonly clock: Clock;
  readonly newUuid: NewUuid;
  /** From 0 to 1. */
  readonly random: () => number;
}

/** Who takes what comes over a provider's own session. */
export interface Listener {
  /** Resolves when the callback is kept; until then it is not acknowledged. Rejects: the provider shall repeat it. */
  take(callback: RawCallback): Promise<void>;
  /** The session is lost, or cannot be had; it is tried again. `reason` holds no secret and no person's data. */
  interrupted(reason: string): void;
}

/** Messages that may be handed over: `burst` at once after a rest, then as many a second. */
export interface SendRate {
  readonly perSecond: number;
  readonly burst: number;
}

export interface Provider {
  readonly id: string;
  readonly channel: Channel;
  /** What protects from sending twice after a lost answer: our key, or nothing. */
  readonly duplicates: 'client-key' | 'none';
  /** What its receipts name: our attempt, or only the message by the id that `send` answered with. */
  readonly receiptsName: 'attempt' | 'message';
  /** Whether it reports every delivery, so that silence means there was none. */
  readonly reportsDeliveries: boolean;
  /** Whether this provider offers the channel's own end-to-end encryption to business senders. */
  readonly nativeE2ee: boolean;
  /** What one process may have under way. What is more would wait inside, and lose its time there. */
  readonly sendsMax: number;
  /** What it takes from all workers together; null: as much as they have. */
  readonly rate: SendRate | null;
  /** Never throws for what the API answers; waits at most `deadlineMs` milliseconds. */
  send(outbound: Outbound, deadlineMs: number): Promise<SendOutcome>;
  /** Asks the provider to stop trying. True when it confirms; false when it cannot or does not say. */
  revoke?(attempt: { attemptId: string; to: string }, deadlineMs: number): Promise<boolean>;
  /** One report per address, UNKNOWN where the API failed. At most 100 addresses a call. */
  capabilities?(addresses: readonly string[]): Promise<ReadonlyMap<string, CapabilityReport>>;
  /** Checks the signature over the raw bytes against every active secret, in constant time. */
  verify(callback: RawCallback): Verification;
  /** Reads a callback that `verify` found genuine. Junk gives an empty list. */
  events(callback: RawCallback): readonly ProviderEvent[];
  /** Where callbacks come over a session of the provider's own instead of HTTP: opens it and keeps it open. Returns what
   *  ends it, after what is in hand is kept. `verify` finds genuine what the session hands in, and nothing else. */
  listen?(listener: Listener): () => Promise<void>;
  /** Releases connections. */
  close(): Promise<void>;
}
