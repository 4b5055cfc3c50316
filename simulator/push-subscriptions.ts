// The browsers that subscribed to push messages: the keys of each, and what they can open with them.
import { createDecipheriv, createECDH, hkdfSync, randomBytes, type ECDH } from 'node:crypto';
import { BadRequest } from './json.ts';

export interface PushSubscription {
  /** What a profile and a handset are found by. */
  readonly id: string;
  /** Who may send, as the page said; null: whoever. */
  readonly applicationServerKey: string | null;
  /** The last messages by topic. */
  readonly topics: Map<string, string>;
  /** The content of a push (RFC 8291), or null for what this browser cannot open. */
  open(body: Buffer): Buffer | null;
}

/** As `PushSubscription.toJSON()` of the Push API gives it. */
export interface SubscriptionJson {
  readonly endpoint: string;
  readonly keys: { readonly p256dh: string; readonly auth: string };
}

export interface PushSubscriptions {
  /** A browser subscribes. id: one of the test's own, or none for a random one. Throws BadRequest for one that is taken. */
  create(
    id: string | null,
    applicationServerKey: string | null,
  ): SubscriptionJson & { readonly id: string };
  /** Those that are over are not found. */
  find(path: string): PushSubscription | undefined;
  /** The person takes the permission back. */
  remove(id: string): void;
}

const ID = /^[\w.@+-]{1,100}$/;
const SALT_BYTES = 16;
const KEY_ID_AT = 21;
const TAG_BYTES = 16;

/** origin: where the push service is, once it listens. */
export function createPushSubscriptions(origin: () => string): PushSubscriptions {
  const byPath = new Map<string, PushSubscription>();
  return {
    create: (wanted, applicationServerKey) => {
      const id = wanted ?? randomBytes(8).toString('hex');
      if (!ID.test(id)) throw new BadRequest('id has 1 to 100 letters, digits and . @ + - _');
      if ([...byPath.values()].some((one) => one.id === id)) {
        throw new BadRequest(`there is a subscription ${id}`);
      }
      const pair = createECDH('prime256v1');
      pair.generateKeys();
      const auth = randomBytes(16);
      const path = `/push/${randomBytes(24).toString('base64url')}`;
      const open = (body: Buffer): Buffer | null => openPush(body, pair, auth);
      byPath.set(path, { id, applicationServerKey, topics: new Map(), open });
      const keys = { p256dh: pair.getPublicKey('base64url'), auth: auth.toString('base64url') };
      return { id, endpoint: origin() + path, keys };
    },
    find: (path) => byPath.get(path),
    remove: (id) => {
      for (const [path, one] of byPath) if (one.id === id) byPath.delete(path);
    },
  };
}

/** One record of aes128gcm, as a browser opens it. Written apart from the platform's sealing, so that both prove each
 *  other. */
function openPush(body: Buffer, pair: ECDH, auth: Buffer): Buffer | null {
  try {
    const salt = body.subarray(0, SALT_BYTES);
    const sealedAt = KEY_ID_AT + (body[KEY_ID_AT - 1] ?? 0);
    const sender = body.subarray(KEY_ID_AT, sealedAt);
    const info = Buffer.concat([Buffer.from('WebPush: info\0'), pair.getPublicKey(), sender]);
    const agreed = derive(pair.computeSecret(sender), { salt: auth, info, bytes: 32 });
    const key = derive(agreed, { salt, info: 'Content-Encoding: aes128gcm\0', bytes: 16 });
    const nonce = derive(agreed, { salt, info: 'Content-Encoding: nonce\0', bytes: 12 });
    const cipher = createDecipheriv('aes-128-gcm', key, nonce);
    cipher.setAuthTag(body.subarray(-TAG_BYTES));
    const opened = cipher.update(body.subarray(sealedAt, -TAG_BYTES));
    cipher.final();
    // The last record ends with 2, and then with zeros.
    const end = opened.findLastIndex((byte) => byte !== 0);
    return opened[end] === 2 ? opened.subarray(0, end) : null;
  } catch {
    return null;
  }
}

function derive(
  material: Buffer,
  { salt, info, bytes }: { salt: Buffer; info: Buffer | string; bytes: number },
): Buffer {
  return Buffer.from(hkdfSync('sha256', material, salt, Buffer.from(info), bytes));
}
