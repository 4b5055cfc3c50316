// Shows what people wrote, once it is on record who reads it and why.
import type { DeliveryDeps } from './context.ts';
import { openText, ownerOf } from './entry-text.ts';
import { appendConversationAccesses, findSealedTexts } from './store/conversation-accesses.ts';

export interface ReadTextsRequest {
  /** UUIDs. */
  readonly entryIds: readonly string[];
  /** Who asks: the token's subject. */
  readonly actor: string;
  readonly reason: string;
}

/** By entry UUID; missing are entries without words, those of people who were erased, and what the tenant does not have.
 *  The record is durable before anything is answered. */
export async function readTexts(
  {
    database,
    ports,
    clock,
    newUuid,
  }: Pick<DeliveryDeps, 'database' | 'ports' | 'clock' | 'newUuid'>,
  tenantId: string,
  { entryIds, actor, reason }: ReadTextsRequest,
): Promise<ReadonlyMap<string, string>> {
  const { found, people } = await database.transaction(tenantId, async (tx) => {
    const sealed = await findSealedTexts(tx, tenantId, entryIds);
    const owners = await ports.personKeys(
      tx,
      tenantId,
      sealed.map((one) => ownerOf(one.sealed)),
    );
    const readable = sealed.filter((one) => owners.has(ownerOf(one.sealed)));
    await appendConversationAccesses(
      tx,
      readable.map(({ entryId, recipientId }) => {
        return { tenantId, id: newUuid(), recipientId, entryId, actor, reason, at: clock.now() };
      }),
    );
    return { found: readable, people: owners };
  });
  const texts = new Map<string, string>();
  for (const { entryId, sealed } of found) {
    const key = await people.get(ownerOf(sealed))?.openKey();
    if (key) texts.set(entryId, openText(sealed, { tenantId, entryId }, key));
  }
  return texts;
}
