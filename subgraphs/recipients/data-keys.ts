// One data key a person: made at registration, wrapped by the tenant's key, and kept open for minutes.
import { createSecretKey, generateKeySync, type KeyObject } from 'node:crypto';
import { KeyUse, type KeyContext, type Kms, type Wrapped } from '../../crypto/kms.ts';
import type { Bus } from '../../platform/bus.ts';
import type { Clock } from '../../platform/clock.ts';

/** Whose key it is. */
export interface KeyOwner {
  readonly tenantId: string;
  /** UUID. */
  readonly recipientId: string;
}

export interface DataKeys {
  /** A fresh AES-256 key of this person, and its wrapped form for the row. */
  create(owner: KeyOwner): Promise<{ readonly key: KeyObject; readonly wrapped: Wrapped }>;
  /** The key again. Throws CryptoError KEY_NOT_FOUND once the tenant's key was destroyed. */
  open(owner: KeyOwner, wrapped: Wrapped): Promise<KeyObject>;
}

const KEY_BITS = 256;
/** Open keys of one process; about 200 bytes each. */
const OPEN_MAX = 10_000;
/** Told when a person was erased: whoever holds open keys lets go of them. */
export const KEYS_DESTROYED = 'keys:recipients';
/** How long a key stays open where the bus lost the word that it was destroyed. */
const OPEN_MS = 5 * 60_000;

/** A KMS may be an HSM or a service, so a key is asked for once in five minutes and not once a message. */
export function createDataKeys({
  kms,
  clock,
  bus,
}: {
  readonly kms: Kms;
  readonly clock: Clock;
  readonly bus: Bus;
}): DataKeys {
  // A Map keeps the order of insertion: the first entry is the one that was not asked for the longest.
  const open = new Map<string, { readonly key: KeyObject; readonly until: number }>();
  // All of them: erasures are rare, asking again is cheap, and the bus carries no ids.
  bus.listen(KEYS_DESTROYED, () => open.clear());

  const remember = (name: string, key: KeyObject, until: number): KeyObject => {
    open.delete(name);
    open.set(name, { key, until });
    const [oldest] = open.keys();
    if (open.size > OPEN_MAX && oldest !== undefined) open.delete(oldest);
    return key;
  };

  return {
    async create(owner) {
      const key = generateKeySync('aes', { length: KEY_BITS });
      const ref = { tenant: owner.tenantId, use: KeyUse.data };
      return { key, wrapped: await kms.wrap(ref, key.export(), contextOf(owner)) };
    },
    async open(owner, wrapped) {
      const name = `${owner.tenantId}/${owner.recipientId}/${wrapped.keyId}/${wrapped.version}`;
      const known = open.get(name);
      const now = clock.now();
      if (known !== undefined && now < known.until) return remember(name, known.key, known.until);
      const key = createSecretKey(await kms.unwrap(wrapped, contextOf(owner)));
      return remember(name, key, now + OPEN_MS);
    },
  };
}

function contextOf({ tenantId, recipientId }: KeyOwner): KeyContext {
  return { tenant: tenantId, purpose: 'recipient', subject: recipientId };
}
