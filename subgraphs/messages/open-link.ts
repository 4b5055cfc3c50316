// Opens a secure link: whether its token is good, for whom it is, and what stands behind it. It changes nothing.
import type { KeyObject } from 'node:crypto';
import { CryptoError } from '../../crypto/errors.ts';
import type { GeneralJwe } from '../../crypto/jwe.ts';
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

/** What opening a link needs. */
export type OpenLinkDeps = Pick<MessagesDeps, 'database' | 'kms' | 'clock'> & {
  readonly ports: Pick<MessagesDeps['ports'], 'recipientFacts'>;
};

/** Links live for days, and a key may be rotated meanwhile. */
const KEY_VERSIONS = 2;

/** Null for every link that is not good, and for one whose message was cancelled or whose person is gone: the answer must not
 *  tell which. */
export async function openLink(deps: OpenLinkDeps, token: string): Promise<OpenedLink | null> {
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

/** Null for a token that no attempt of the message carried. Throws CryptoError for one that is over, and where an older key is
 *  asked for that was destroyed: the newer ones were tried before. */
async function readGrant(
  { kms, clock }: Pick<MessagesDeps, 'kms' | 'clock'>,
  token: string,
  message: LinkedMessage,
): Promise<Pick<OpenedLink, 'attempt' | 'key' | 'expiresAt'> | null> {
  const ref = { tenant: message.tenantId, use: 'link' } as const;
  const current = await kms.macKey(ref);
  const oldest = Math.max(1, current.version - KEY_VERSIONS + 1);
  for (let version = current.version; version >= oldest; version -= 1) {
    const { key } = version === current.version ? current : await kms.macKey(ref, version);
    const found = attemptOf(key, token, message, clock.now());
    if (found !== null) return { ...found, key };
  }
  return null;
}

function attemptOf(
  key: KeyObject,
  token: string,
  { recipientId, attempts }: LinkedMessage,
  now: number,
): Pick<OpenedLink, 'attempt' | 'expiresAt'> | null {
  for (const attempt of attempts) {
    const audience = linkAudience({ recipientId, attemptId: attempt.id });
    try {
      const { expiresAt } = readLinkToken(key, token, { audience, now });
      return { attempt, expiresAt };
    } catch (error) {
      if (!(error instanceof CryptoError) || error.code !== 'SIGNATURE_INVALID') throw error;
    }
  }
  return null;
}
