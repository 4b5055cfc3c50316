// Opens a secure link: whether its token is good, and the envelope behind it.
import { CryptoError } from '../../crypto/errors.ts';
import type { GeneralJwe } from '../../crypto/jwe.ts';
import { linkTokenMessageId, readLinkToken } from '../../crypto/link-token.ts';
import { publicId, uuidOf } from '../../schema/ids.ts';
import type { MessagesDeps } from './deps.ts';
import { findLinked } from './store/find-linked.ts';

/** Null for every token that is not good, whatever is wrong with it: the answer must not tell. `jwe` is null where the
 *  message has no envelope. */
export async function openLink(
  deps: Pick<MessagesDeps, 'database' | 'kms' | 'clock'>,
  token: string,
): Promise<{ jwe: GeneralJwe | null } | null> {
  try {
    const messageId = uuidOf('message', linkTokenMessageId(token));
    if (messageId === null) return null;
    const linked = await deps.database.acrossTenants((tx) => findLinked(tx, messageId));
    if (linked === null) return null;
    const { key } = await deps.kms.macKey({ tenant: linked.tenantId, use: 'link' });
    const audience = publicId('recipient', linked.recipientId);
    readLinkToken(key, token, { audience, now: deps.clock.now() });
    return { jwe: linked.jwe };
  } catch (error) {
    if (error instanceof CryptoError) return null;
    throw error;
  }
}
