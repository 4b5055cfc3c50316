// Gives an app what it has to sign before its device is registered. Nothing is written.
import { uuidOf } from '../../schema/ids.ts';
import { NotFound } from '../../schema/user-errors.ts';
import type { RecipientsWork } from './deps.ts';
import { makeChallenge } from './device-challenge.ts';
import { recipientExists } from './store/find-recipient.ts';

export interface CreateDeviceChallengeResult {
  readonly challenge: { readonly nonce: string; readonly expiresAt: Date } | null;
  readonly errors: NotFound[];
}

/** recipientId: `rcp_...` */
export async function createDeviceChallenge(
  deps: RecipientsWork,
  { tenantId, recipientId }: { readonly tenantId: string; readonly recipientId: string },
): Promise<CreateDeviceChallengeResult> {
  const uuid = uuidOf('recipient', recipientId);
  const known =
    uuid !== null &&
    (await deps.database.read(tenantId, (tx) => recipientExists(tx, tenantId, uuid)));
  if (!known) {
    const error = new NotFound(['recipientId'], 'There is no recipient with this id.');
    return { challenge: null, errors: [error] };
  }
  const { challenge, expiresAt } = await makeChallenge(
    deps.kms,
    { tenantId, recipientId },
    { id: deps.newUuid(), now: deps.clock.now() },
  );
  return { challenge: { nonce: challenge, expiresAt: new Date(expiresAt) }, errors: [] };
}
