// What a push service carries to a browser or an app: sealed to the keys of the subscription (RFC 8291 over RFC 8188).
import { createECDH, type ECDH } from 'node:crypto';
import ece from 'http_ece';
import { check } from './errors.ts';
import { importPoint } from './p256.ts';

export const PUSH_SECRET_BYTES = 16;
/** What is left of 4,096 bytes, which every push service carries (RFC 8030 section 7.2): 86 go to the header of the
 *  coding, 16 to the tag, and 1 to the delimiter of the padding. */
export const PUSH_CONTENT_BYTES_MAX = 3_993;
const RECORD_BYTES = 4_096;

/** The public half of a subscription, as the browser made it. */
export interface PushKeys {
  /** An uncompressed point on P-256: 65 bytes. */
  readonly p256dh: Buffer;
  /** 16 bytes. */
  readonly auth: Buffer;
}

/** What is fresh for each message; given by tests with published vectors alone. */
export interface PushFreshness {
  readonly pair: ECDH;
  /** 16 bytes. */
  readonly salt: Buffer;
}

/** One record of `aes128gcm`. The content is padded to `paddedBytes`, so that its length says nothing. content: at most
 *  `PUSH_CONTENT_BYTES_MAX` bytes, padding included. Throws ARGUMENT_INVALID for what is longer, DEVICE_KEY_INVALID for
 *  keys that no browser makes. */
export function sealPush(
  content: Buffer,
  { p256dh, auth }: PushKeys,
  { paddedBytes, fresh }: { readonly paddedBytes: number; readonly fresh?: PushFreshness },
): Buffer {
  const fits = content.byteLength <= paddedBytes && paddedBytes <= PUSH_CONTENT_BYTES_MAX;
  check(fits, 'ARGUMENT_INVALID', `A push holds ${PUSH_CONTENT_BYTES_MAX} bytes at the most.`);
  check(areKeys({ p256dh, auth }), 'DEVICE_KEY_INVALID', 'These are no keys of a subscription.');
  return ece.encrypt(content, {
    version: 'aes128gcm',
    rs: RECORD_BYTES,
    dh: p256dh,
    authSecret: auth,
    pad: paddedBytes - content.byteLength,
    privateKey: fresh?.pair ?? freshPair(),
    ...(fresh !== undefined && { salt: fresh.salt }),
  });
}

/** Whether a browser may have made these: a point on the curve, and a secret of the right length. */
export function areKeys({ p256dh, auth }: PushKeys): boolean {
  return auth.byteLength === PUSH_SECRET_BYTES && importPoint(p256dh) !== null;
}

function freshPair(): ECDH {
  const pair = createECDH('prime256v1');
  pair.generateKeys();
  return pair;
}
