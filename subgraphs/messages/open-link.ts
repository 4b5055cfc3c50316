// Opens a secure link: whether its token is good, for whom it is, and what stands behind it. It changes nothing.
import type { KeyObject } from 'node:crypto';
import { CryptoError } from '../../crypto/errors.ts';
import type { GeneralJwe } from '../../crypto/jwe.ts';
import type { Kms } from '../../crypto/kms.ts';
import { linkTokenMessageId, readLinkToken } from '../../crypto/link-token.ts';
import { uuidOf } from '../../schema/ids.ts';
import type { MessagesDeps } from './deps.ts';
import { linkAudience } from './link-of.ts';
import type { RecipientFacts } from './ports.ts';
import { findLinked, type LinkedAttempt, type LinkedMessage } from './store/find-linked.ts';

export interface OpenedLink {
  readonly tenantId: string;
  /** UUID. */
  readonly messageId: string;
  readonly message: LinkedMessage;
  /** The one that carried the link. */
  readonly attempt: LinkedAttempt;
  readonly facts: RecipientFacts;
  /** The envelope, where the message was sealed to the person's devices. */
  readonly jwe: GeneralJwe | null;
  /** The key that the link was made with: whatever belongs to the link is tied to it by the same one. */
  readonly key: KeyObject;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
}

/** Links live for days, and a key may be rotated meanwhile. */
const KEY_VERSIONS = 2;

/** Null for every link that is not good, and for one whose message was cancelled or whose person is gone: the answer must not
 *  tell which. */
export async function openLink(
  deps: Pick<MessagesDeps, 'database' | 'kms' | 'clock' | 'ports'>,
  token: string,
): Promise<OpenedLink | null> {
  try {
    const messageId = uuidOf('message', linkTokenMessageId(token));
    if (messageId === null) return null;
    const message = await deps.database.acrossTenants((tx) => findLinked(tx, messageId));
    if (message === null) return null;
    const { tenantId, recipientId, jwe, cancelled } = message;
    const grant = await readGrant(deps, token, message);
    if (grant === null || cancelled) return null;
    const people = await deps.database.read(tenantId, (tx) =>
      deps.ports.recipientFacts(tx, tenantId, [recipientId]),
    );
    const facts = people.get(recipientId);
    return facts === undefined ? null : { tenantId, messageId, message, facts, jwe, ...grant };
  } catch (error) {
    if (error instanceof CryptoError) return null;
    throw error;
  }
}

/** Throws CryptoError TOKEN_EXPIRED. Null for a token that no attempt of the message carried. */
async function readGrant(
  { kms, clock }: Pick<MessagesDeps, 'kms' | 'clock'>,
  token: string,
  { tenantId, recipientId, attempts }: LinkedMessage,
): Promise<Pick<OpenedLink, 'attempt' | 'key' | 'expiresAt'> | null> {
  const now = clock.now();
  for (const key of await linkKeys(kms, tenantId)) {
    for (const attempt of attempts) {
      const audience = linkAudience({ recipientId, attemptId: attempt.id });
      try {
        const { expiresAt } = readLinkToken(key, token, { audience, now });
        return { attempt, key, expiresAt };
      } catch (error) {
        if (!(error instanceof CryptoError) || error.code !== 'SIGNATURE_INVALID') throw error;
      }
    }
  }
  return null;
}

async function linkKeys(kms: Kms, tenant: string): Promise<KeyObject[]> {
  const ref = { tenant, use: 'link' } as const;
  const current = await kms.macKey(ref);
  const keys = [current.key];
  const oldest = Math.max(1, current.version - KEY_VERSIONS + 1);
  for (let version = current.version - 1; version >= oldest; version -= 1) {
    keys.push((await kms.macKey(ref, version)).key);
  }
  return keys;
}
