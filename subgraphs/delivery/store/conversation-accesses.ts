// Records of who read what people wrote: appended before it is shown, read by auditors.
import type { Transaction } from '../../../platform/database.ts';

/** Ids are UUIDs; `at` in milliseconds since 1970. */
export interface ConversationAccess {
  readonly tenantId: string;
  readonly id: string;
  readonly recipientId: string;
  readonly entryId: string;
  readonly actor: string;
  readonly reason: string;
  readonly at: number;
}

export interface SealedText {
  readonly entryId: string;
  readonly recipientId: string;
  readonly sealed: Buffer;
}

/** Of those entries that the tenant has and that are texts. */
export function findSealedTexts(
  tx: Transaction,
  tenantId: string,
  entryIds: readonly string[],
): Promise<SealedText[]> {
  return tx.query<SealedText>(
    `select e.id as "entryId", c.recipient_id as "recipientId", e.text_sealed as sealed
     from delivery.conversation_entry e
     join delivery.conversation c on c.tenant_id = e.tenant_id and c.id = e.conversation_id
     where e.tenant_id = $1 and e.id = any($2::uuid[]) and e.text_sealed is not null`,
    [tenantId, entryIds],
  );
}

export async function appendConversationAccesses(
  tx: Transaction,
  accesses: readonly ConversationAccess[],
): Promise<void> {
  if (accesses.length === 0) return;
  await tx.query(
    `insert into delivery.conversation_access (tenant_id, id, recipient_id, entry_id, actor, reason, at)
     select a."tenantId", a.id, a."recipientId", a."entryId", a.actor, a.reason, to_timestamp(a.at / 1000)
     from json_to_recordset($1::json) as a ("tenantId" text, id uuid, "recipientId" uuid, "entryId" uuid,
       actor text, reason text, at float8)`,
    [JSON.stringify(accesses)],
  );
}

/** Newest first; one more than the limit, where there is one more. recipientId: null for all people. */
export function findConversationAccesses(
  tx: Transaction,
  tenantId: string,
  by: {
    readonly recipientId: string | null;
    readonly before: string | null;
    readonly limit: number;
  },
): Promise<ConversationAccess[]> {
  return tx.query<ConversationAccess>(
    `select a.tenant_id as "tenantId", a.id, a.recipient_id as "recipientId", a.entry_id as "entryId",
       a.actor, a.reason, round(extract(epoch from a.at) * 1000)::float8 as at
     from delivery.conversation_access a
     where a.tenant_id = $1 and ($2::uuid is null or a.recipient_id = $2)
       and ($3::uuid is null or a.id < $3)
     order by a.id desc limit $4`,
    [tenantId, by.recipientId, by.before, by.limit + 1],
  );
}
