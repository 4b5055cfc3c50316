// The return address of an attempt: it names the attempt, and only who holds the key can make one.
import { createSecretKey, type KeyObject } from 'node:crypto';
import { equalBytes, hmacSha256 } from '../../crypto/mac.ts';

const LABEL = 'parley bounce 1';
const PREFIX = 'bounce+';
/** 96 bits: more would exceed the 64 octets of a local part (RFC 5321, section 4.5.3.1.1). */
const TAG_HEX = 24;
/** In hexadecimal and lower case, because some systems change the case of a local part. */
const LOCAL_PART =
  /^bounce\+([0-9a-f]{8})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{12})\.([0-9a-f]{24})$/;

export interface BounceDomain {
  readonly domain: string;
  /** The first one signs; all of them verify. */
  readonly keys: readonly [KeyObject, ...KeyObject[]];
}

export const bounceKey = (secret: string): KeyObject => createSecretKey(Buffer.from(secret));

/** attemptId: a UUID. */
export function bounceAddress(attemptId: string, { domain, keys }: BounceDomain): string {
  const [key] = keys;
  return `${PREFIX}${attemptId.replaceAll('-', '')}.${tagOf(key, attemptId)}@${domain}`;
}

/** The attempt that a return address names; null for every address that is not one of ours. */
export function attemptOf(address: string, { domain, keys }: BounceDomain): string | null {
  const [localPart = '', itsDomain, ...more] = address.toLowerCase().split('@');
  const [, ...parts] = LOCAL_PART.exec(localPart) ?? [];
  const tag = parts.pop();
  if (tag === undefined || itsDomain !== domain.toLowerCase() || more.length > 0) return null;
  const attemptId = parts.join('-');
  const given = Buffer.from(tag);
  const genuine = keys.map((key) => equalBytes(Buffer.from(tagOf(key, attemptId)), given));
  return genuine.includes(true) ? attemptId : null;
}

function tagOf(key: KeyObject, attemptId: string): string {
  return hmacSha256(key, LABEL, '\0', attemptId).toString('hex').slice(0, TAG_HEX);
}
