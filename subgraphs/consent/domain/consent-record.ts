// What a consent record may say: checked before anything is written, since nothing can be corrected afterwards.
import type {
  CaptureMethod,
  Channel,
  ConsentAction,
  ConsentSource,
  Purpose,
  Regulation,
} from '../../../schema/vocabulary.ts';

/** How a subject stands for a person: by the keyed hash of an address, or by the public id. */
export type Linkage = 'HASHED_PHONE' | 'HASHED_EMAIL' | 'HASHED_APPLE_ID' | 'RECIPIENT_ID';

/** What a caller says about one or more channels. Times in milliseconds since 1970. */
export interface ConsentStatement {
  readonly action: ConsentAction;
  readonly purpose: Purpose;
  readonly channels: readonly Channel[];
  readonly source: ConsentSource;
  readonly method: CaptureMethod;
  /** Whose law applied: a country, or a country and its part, by ISO 3166. */
  readonly jurisdiction: string;
  /** The version of the text that the person saw. */
  readonly policyVersion: string;
  /** Null: now. */
  readonly occurredAt: number | null;
  /** Null: until it is withdrawn. */
  readonly expiresAt: number | null;
  readonly idempotencyKey: string | null;
}

/** What a consent management platform says of itself, where the record came through one. */
export interface CmpEvidence {
  readonly name: string;
  readonly version: string;
  /** The platform's own signature over what it told us; null where it signs nothing. */
  readonly signature: string | null;
}

/** One record of the log: what one person said about one channel. Ids are UUIDs, times milliseconds since 1970. */
export interface ConsentRecord {
  readonly tenantId: string;
  readonly id: string;
  readonly subject: string;
  readonly linkage: Linkage;
  readonly purpose: Purpose;
  readonly channel: Channel;
  readonly action: ConsentAction;
  readonly source: ConsentSource;
  readonly method: CaptureMethod;
  readonly jurisdiction: string;
  readonly regulation: Regulation;
  readonly policyVersion: string;
  /** Null: nobody was known by the subject. */
  readonly recipientId: string | null;
  readonly deviceId: string | null;
  readonly actor: string;
  readonly idempotencyKey: string | null;
  readonly cmp: CmpEvidence | null;
  readonly occurredAt: number;
  readonly recordedAt: number;
  readonly expiresAt: number | null;
}

/** A record in its place in the tenant's log. */
export interface LoggedRecord extends ConsentRecord {
  readonly logIndex: bigint;
  /** 32 bytes. */
  readonly leafHash: Uint8Array;
}

/** A field that its rule refuses. */
export interface Finding {
  readonly path: readonly string[];
  readonly sentence: string;
}

/** How far another system's clock may be ahead of ours. */
export const CLOCK_SKEW_MS = 5 * 60_000;
export const CHARACTERS_MAX = 128;

const JURISDICTION = /^[A-Z]{2}(?:-[A-Z0-9]{1,3})?$/;

/** Whether a text is a country, or a part of one, by ISO 3166. */
export const isJurisdiction = (text: string): boolean => JURISDICTION.test(text);

/** Ways to agree that are an opt-in. An existing relation is none, and MARKETING needs one. */
export const optInMethods: readonly CaptureMethod[] = [
  'CHECKBOX',
  'FORM',
  'VOICE',
  'KEYWORD',
  'IMPORT',
];

/** Everything that is wrong with a statement; empty when nothing is. */
export function checkStatement(statement: ConsentStatement, now: number): Finding[] {
  const { action, purpose, channels, method, occurredAt, expiresAt } = statement;
  const findings: Finding[] = [];
  const expect = (holds: boolean, field: keyof ConsentStatement, sentence: string): void => {
    if (!holds) findings.push({ path: [field], sentence });
  };
  expect(
    channels.length > 0 && new Set(channels).size === channels.length,
    'channels',
    'At least one channel, each once.',
  );
  expect(
    isJurisdiction(statement.jurisdiction),
    'jurisdiction',
    'A jurisdiction is a country by ISO 3166, or one of its parts, such as AT or US-CA.',
  );
  expect(
    isText(statement.policyVersion),
    'policyVersion',
    `A policy version has 1 to ${CHARACTERS_MAX} characters.`,
  );
  expect(
    statement.idempotencyKey === null || isText(statement.idempotencyKey),
    'idempotencyKey',
    `An idempotency key has 1 to ${CHARACTERS_MAX} characters.`,
  );
  expect(
    occurredAt === null || occurredAt <= now + CLOCK_SKEW_MS,
    'occurredAt',
    'Nothing is recorded before it happened.',
  );
  expect(
    expiresAt === null || expiresAt > (occurredAt ?? now),
    'expiresAt',
    'A consent expires after it was given.',
  );
  expect(
    action === 'WITHDRAWN' || purpose !== 'MARKETING' || optInMethods.includes(method),
    'method',
    'Marketing needs an explicit opt-in; a relationship is none.',
  );
  return findings;
}

function isText(text: string): boolean {
  return text.trim() !== '' && text.length <= CHARACTERS_MAX;
}
