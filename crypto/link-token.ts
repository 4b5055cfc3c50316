// Short-lived tokens of secure links: short enough for an SMS, useless for another message, audience or time.
import type { KeyObject } from 'node:crypto';
import { decodeBase64url, encodeBase64url } from './base64url.ts';
import { check } from './errors.ts';
import { equalBytes, hmacSha256, MAC_BYTES } from './mac.ts';

const LABEL = 'parley link 1';
const EXPIRY_BYTES = 4;
// Half of the MAC (RFC 2104 section 5): 128 bits that nobody guesses online, at 22 characters instead of 43.
const TAG_BYTES = 16;
const TOKEN = /^([A-Za-z0-9_-]{1,64})\.([A-Za-z0-9_-]{27})$/;
const SECONDS_MAX = 0xffff_ffff;

export interface LinkGrant {
  /** 1 to 64 of A-Z a-z 0-9 _ and -. It stands readable in the token. */
  readonly messageId: string;
  /** What the link is for and for whom, such as `page` or a recipient's id. It is bound, and not in the token. */
  readonly audience: string;
  /** Milliseconds since 1970, kept in whole seconds, until the year 2106. */
  readonly expiresAt: number;
}

/** `<messageId>.<27 characters>`: 58 characters for a message id of 30, all of them URL-safe. key: 32 bytes, `macKey` of
 *  the KMS with use `link`. The same grant gives the same token. Throws ARGUMENT_INVALID. */
export function makeLinkToken(
  key: KeyObject,
  { messageId, audience, expiresAt }: LinkGrant,
): string {
  check(key.symmetricKeySize === MAC_BYTES, 'ARGUMENT_INVALID', 'A link key has 32 bytes.');
  const seconds = Math.floor(expiresAt / 1000);
  check(seconds > 0 && seconds <= SECONDS_MAX, 'ARGUMENT_INVALID', 'The expiry is out of range.');
  const expiry = Buffer.alloc(EXPIRY_BYTES);
  expiry.writeUInt32BE(seconds);
  const tag = tagOf(key, expiry, messageId, audience);
  const token = `${messageId}.${encodeBase64url(Buffer.concat([expiry, tag]))}`;
  check(TOKEN.test(token), 'ARGUMENT_INVALID', 'The message id is not URL-safe, or too long.');
  return token;
}

/** The message id that a token claims, before anything is verified: only to find the tenant, and by it the key.
 *  Throws TOKEN_INVALID for what is no link token. */
export function linkTokenMessageId(token: string): string {
  return parse(token).messageId;
}

/** What a token grants, if it was made for this audience. To read links across a rotation, try the current key, then the
 *  previous one. Throws TOKEN_INVALID (shape), SIGNATURE_INVALID (key, audience, changed), TOKEN_EXPIRED.
 *  now: milliseconds since 1970. */
export function readLinkToken(
  key: KeyObject,
  token: string,
  { audience, now }: { readonly audience: string; readonly now: number },
): LinkGrant {
  const { messageId, expiry, tag } = parse(token);
  const genuine = equalBytes(tag, tagOf(key, expiry, messageId, audience));
  check(genuine, 'SIGNATURE_INVALID', 'The link is not genuine.');
  const expiresAt = expiry.readUInt32BE() * 1000;
  check(now < expiresAt, 'TOKEN_EXPIRED', 'The link has expired.');
  return { messageId, audience, expiresAt };
}

function parse(token: string): { messageId: string; expiry: Buffer; tag: Buffer } {
  const [, messageId, encoded] = TOKEN.exec(token) ?? [];
  const bytes = decodeBase64url(encoded);
  check(messageId !== undefined && bytes, 'TOKEN_INVALID', 'This is not a link token.');
  return { messageId, expiry: bytes.subarray(0, EXPIRY_BYTES), tag: bytes.subarray(EXPIRY_BYTES) };
}

// The id has no NUL and the audience comes last, so the joints are unambiguous.
function tagOf(key: KeyObject, expiry: Buffer, messageId: string, audience: string): Buffer {
  const mac = hmacSha256(key, LABEL, '\0', expiry, messageId, '\0', audience);
  return mac.subarray(0, TAG_BYTES);
}
