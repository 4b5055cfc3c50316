// The questions that messages asks elsewhere. wiring.ts connects them; many ids at once, in the caller's transaction.
import type { KeyObject } from 'node:crypto';
import type { Transaction } from '../../platform/database.ts';
import type { Scan } from '../../platform/page.ts';
import type { Channel, Purpose, RejectionReason, Tristate } from '../../schema/vocabulary.ts';
import type { CampaignFilter } from './domain/campaign-request.ts';
import type { QuietHours } from './domain/quiet-hours.ts';

/** What is known of one channel of a recipient. A channel without an address has `address` null. */
export interface ChannelFacts {
  readonly channel: Channel;
  /** In the channel's own form (E.164 for RCS and SMS, the subscription for PUSH), opened; never logged, never stored by
   *  messages. */
  readonly address: string | null;
  /** UUID; null for a channel without one. */
  readonly addressId: string | null;
  /** The keyed pseudonym under which consent is recorded for this channel; null without an address. */
  readonly consentSubject: string | null;
  /** Whether mail to the address came back, and nobody proved the address since. */
  readonly bounced: boolean;
  /** Whether somebody proved to own the address. */
  readonly verified: boolean;
  readonly supported: Tristate;
  readonly nativeE2ee: Tristate;
  /** Where the capability comes from: a provider's id, `assumed` for channels that every address has. */
  readonly source: string;
  /** Milliseconds since 1970; null when nobody has asked yet. */
  readonly checkedAt: number | null;
  readonly expiresAt: number | null;
  /** Whose network it is, as the provider said or as it was registered. */
  readonly carrier: string | null;
}

/** A device that envelopes are sealed to. */
export interface DeviceFacts {
  /** RFC 7638 thumbprint of its key. */
  readonly kid: string;
  readonly jwk: Readonly<Record<string, unknown>>;
}

export interface RecipientFacts {
  /** UUID. */
  readonly recipientId: string;
  readonly locale: string;
  readonly timeZone: string | null;
  readonly region: string | null;
  /** Ranked, most wanted first; channels that are missing come after. */
  readonly preferredChannels: readonly Channel[];
  /** Not wanted at all, whatever the purpose. */
  readonly optedOutChannels: readonly Channel[];
  /** Not wanted for a purpose. */
  readonly purposeOptOuts: Readonly<Partial<Record<Purpose, readonly Channel[]>>>;
  /** When the person wants no marketing, on their own clock. */
  readonly quietHours: QuietHours | null;
  /** By name, for who was told to be in or out. */
  readonly featureFlags: Readonly<Record<string, boolean>>;
  readonly channels: readonly ChannelFacts[];
  readonly devices: readonly DeviceFacts[];
  /** AES-256 key of this person: what it sealed is gone for good when the person is erased. */
  readonly dataKey: KeyObject;
}

/** Answered by recipients/facts.ts. Unknown ids, and those of other tenants, are missing from the map (by UUID). */
export type AskRecipientFacts = (
  tx: Transaction,
  tenantId: string,
  recipientIds: readonly string[],
) => Promise<ReadonlyMap<string, RecipientFacts>>;

export interface ConsentQuestion {
  readonly tenantId: string;
  readonly subject: string;
  readonly purpose: Purpose;
  readonly channel: Channel;
  readonly region: string | null;
}

/** Refusals are reasons of a rejected route. `consentId` is the record that was relied upon. */
export type ConsentDecision =
  | { readonly allowed: true; readonly consentId: string }
  | {
      readonly allowed: false;
      readonly reason: RejectionReason;
      readonly consentId: string | null;
    };

/** Answered by consent/gate.ts, in the order of the questions. What cannot be verified is refused. */
export type AskConsent = (
  tx: Transaction,
  questions: readonly ConsentQuestion[],
  now: number,
) => Promise<readonly ConsentDecision[]>;

/** Answered by recipients/find-audience.ts: UUIDs of people who pass the filter, in an order that stays, between two UUIDs where
 *  they are given, and where to look on. At most `limit` are found and `scanMax` looked at, so a filter that few pass costs no
 *  more at once than one that all pass. now: milliseconds since 1970. */
export type AskAudience = (
  tx: Transaction,
  tenantId: string,
  look: {
    readonly filter: CampaignFilter;
    readonly after: string | null;
    readonly before: string | null;
    readonly limit: number;
    readonly scanMax: number;
    readonly now: number;
  },
) => Promise<Scan<string>>;

export interface MessagePorts {
  readonly recipientFacts: AskRecipientFacts;
  readonly audience: AskAudience;
  readonly consent: AskConsent;
}
