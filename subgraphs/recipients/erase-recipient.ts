// Erases a person: the key under which everything personal is sealed goes, and a signed record says that it went.
import { signJws } from '../../crypto/jws.ts';
import { KeyUse } from '../../crypto/kms.ts';
import { appendEvents } from '../../platform/event-log.ts';
import type { EventPayloads } from '../../schema/events.ts';
import { publicId, uuidOf } from '../../schema/ids.ts';
import { NotFound } from '../../schema/user-errors.ts';
import { tellChannelsChanged } from './changed-channels.ts';
import { KEYS_DESTROYED } from './data-keys.ts';
import type { RecipientsWork } from './deps.ts';
import { deletePerson, findErasure, idsOf, type Erasure } from './store/erasures.ts';

/** `typ` of an erasure record. */
export const ERASURE_TYPE = 'erasure-record+jwt';

export interface EraseRecipientRequest {
  readonly tenantId: string;
  /** `rcp_...` */
  readonly recipientId: string;
  /** Who asks: the token's subject. */
  readonly actor: string;
  /** On whose wish, or by which rule. No address. */
  readonly reason: string;
}

/** Idempotent: who was erased before has a record. What other parts keep of the person cannot be opened any more, or
 *  holds pseudonyms alone. Throws what the KMS throws when it cannot sign; then nothing was erased. */
export async function eraseRecipient(
  deps: RecipientsWork,
  request: EraseRecipientRequest,
): Promise<{ readonly erasure: Erasure } | { readonly error: NotFound }> {
  const { database, kms, clock, bus } = deps;
  const { tenantId, actor, reason } = request;
  const unknown = new NotFound(['recipientId'], 'There is no recipient with this id.');
  const asked = uuidOf('recipient', request.recipientId);
  if (asked === null) return { error: unknown };
  const { recipientId, mergedIds, before } = await database.read(tenantId, async (tx) => ({
    ...(await idsOf(tx, tenantId, asked)),
    before: await findErasure(tx, tenantId, asked),
  }));
  if (before !== null) return { erasure: before };
  if (recipientId === null) return { error: unknown };
  const erasedAt = new Date(clock.now());
  // Signed before anything goes: a deletion that nobody can prove would have to be done again, and could not be.
  const record = await signJws(
    kms,
    { tenant: tenantId, use: KeyUse.signing },
    {
      typ: ERASURE_TYPE,
      payload: JSON.stringify({
        aud: tenantId,
        sub: publicId('recipient', recipientId),
        formerly: mergedIds.map((id) => publicId('recipient', id)),
        method: 'CRYPTO_SHREDDING',
        actor,
        reason,
        iat: Math.floor(erasedAt.getTime() / 1_000),
      }),
    },
  );
  const erasure: Erasure = { recipientId, mergedIds, record, erasedAt };
  const erased = await database.transaction(tenantId, async (tx) => {
    if (!(await deletePerson(tx, tenantId, erasure))) return false;
    const payload: EventPayloads['recipient.erased'] = { recipientId, mergedIds };
    const event = { tenantId, id: deps.newUuid(), occurredAt: clock.now() };
    await appendEvents(tx, database.schema, [{ ...event, name: 'recipient.erased', payload }]);
    const recipientIds = [recipientId];
    await tellChannelsChanged(tx, deps, { tenantId, recipientIds, reason: 'erased' });
    tx.afterCommit(() => bus.wake(KEYS_DESTROYED));
    return true;
  });
  // Somebody erased or merged the person meanwhile: what is true now is looked up again.
  return erased ? { erasure } : eraseRecipient(deps, request);
}
