// A push subscription as an address: where to send, and to which keys, in the one spelling that recipients keep.
import { decodeBase64url } from '../../crypto/base64url.ts';
import { areKeys, type PushKeys } from '../../crypto/web-push.ts';
import { jsonObject, objectOrNull, textOrNull } from '../wire.ts';

export interface Subscription {
  readonly endpoint: URL;
  readonly keys: PushKeys;
}

/** Null for what is none. text: JSON of `PushSubscription` in the Push API. */
export function readSubscription(text: string): Subscription | null {
  const subscription = jsonObject(text);
  const endpoint = textOrNull(subscription?.['endpoint']);
  const keys = objectOrNull(subscription?.['keys']);
  const p256dh = decodeBase64url(keys?.['p256dh']);
  const auth = decodeBase64url(keys?.['auth']);
  if (endpoint === null || !URL.canParse(endpoint) || p256dh === null || auth === null) return null;
  return areKeys({ p256dh, auth }) ? { endpoint: new URL(endpoint), keys: { p256dh, auth } } : null;
}
