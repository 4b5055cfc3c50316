// What leaves the house of a consent record: who by pseudonym, what and when, and never an address.
import { publicId } from '../../../../schema/ids.ts';
import type {
  CaptureMethod,
  Channel,
  ConsentAction,
  ConsentSource,
  Purpose,
  Regulation,
} from '../../../../schema/vocabulary.ts';
import type { Linkage, LoggedRecord } from '../consent-record.ts';

/** One record as a tenant's own systems are told of it. Times are ISO 8601 in UTC. */
export interface ConsentChange {
  /** `cns_...`: the same however often it is told. */
  readonly consentId: string;
  /** The record's place in the tenant's log, from 0, without gaps. Of two records about the same thing the later has the
   *  higher one, in whatever order they arrive. */
  readonly logIndex: number;
  /** `rcp_...`; null while nobody is known by the pseudonym. */
  readonly recipientId: string | null;
  /** The keyed hash of the address, or the public id of the person, as `linkage` says. */
  readonly subject: string;
  readonly linkage: Linkage;
  readonly action: ConsentAction;
  readonly purpose: Purpose;
  readonly channel: Channel;
  readonly source: ConsentSource;
  readonly method: CaptureMethod;
  readonly jurisdiction: string;
  readonly regulation: Regulation;
  readonly policyVersion: string;
  /** The consent management platform that it came through. */
  readonly cmp: { readonly name: string; readonly version: string } | null;
  readonly occurredAt: string;
  readonly recordedAt: string;
  readonly expiresAt: string | null;
}

/** Takes what may leave, field by field. Not the actor and the idempotency key: others chose them, and an address may
 *  stand in them. Nor the device, which says nothing to another system. */
export function changeOf(record: LoggedRecord): ConsentChange {
  const { recipientId, cmp, expiresAt } = record;
  return {
    consentId: publicId('consent', record.id),
    logIndex: Number(record.logIndex),
    recipientId: recipientId === null ? null : publicId('recipient', recipientId),
    subject: record.subject,
    linkage: record.linkage,
    action: record.action,
    purpose: record.purpose,
    channel: record.channel,
    source: record.source,
    method: record.method,
    jurisdiction: record.jurisdiction,
    regulation: record.regulation,
    policyVersion: withoutAddresses(record.policyVersion),
    cmp:
      cmp === null
        ? null
        : { name: withoutAddresses(cmp.name), version: withoutAddresses(cmp.version) },
    occurredAt: isoTime(record.occurredAt),
    recordedAt: isoTime(record.recordedAt),
    expiresAt: expiresAt === null ? null : isoTime(expiresAt),
  };
}

/** Whether a text is a place in a log: a whole number in decimal, which may lie beyond the end. */
export const isLogIndex = (text: string): boolean => /^(?:0|[1-9]\d{0,17})$/.test(text);

const ADDRESS = /[^\s@<>]+@[^\s@<>]+|\+[\d\s().-]{6,}\d/g;

/** Free text of other systems. A number counts as one with its plus sign: versions are digits and dashes too. */
const withoutAddresses = (text: string): string => text.replaceAll(ADDRESS, '***');

const isoTime = (ms: number): string => new Date(ms).toISOString();
