// Finds entries of conversations: by id, in the order in which they were said, and as replies to messages.
import type { Transaction } from '../../../platform/database.ts';
import type { ConversationEntryKind } from '../../../schema/vocabulary-conversations.ts';
import type { Place } from './find-conversations.ts';

/** Times in milliseconds since 1970. */
export interface FoundEntry {
  readonly id: string;
  readonly conversationId: string;
  readonly kind: ConversationEntryKind;
  readonly messageId: string | null;
  readonly actionId: string | null;
  readonly actor: string | null;
  readonly occurredAt: number;
}

const COLUMNS = `e.id, e.conversation_id as "conversationId", e.kind, e.message_id as "messageId",
  e.action_id as "actionId", e.actor, round(extract(epoch from e.occurred_at) * 1000)::float8 as "occurredAt"`;

/** By UUID; unknown ones are missing. */
export function findEntries(
  tx: Transaction,
  tenantId: string,
  ids: readonly string[],
): Promise<FoundEntry[]> {
  return tx.query<FoundEntry>(
    `select ${COLUMNS} from delivery.conversation_entry e
     where e.tenant_id = $1 and e.id = any($2::uuid[])`,
    [tenantId, ids],
  );
}

/** By conversation id, as they were said; one more than the limit, where there is one more. */
export async function findEntryPages(
  tx: Transaction,
  tenantId: string,
  by: {
    readonly conversationIds: readonly string[];
    readonly after: Place | null;
    readonly limit: number;
  },
): Promise<ReadonlyMap<string, readonly FoundEntry[]>> {
  const rows = await tx.query<FoundEntry>(
    `select p.* from unnest($2::uuid[]) as c (id)
     cross join lateral (
       select ${COLUMNS} from delivery.conversation_entry e
       where e.tenant_id = $1 and e.conversation_id = c.id
         and (e.occurred_at, e.id) > (coalesce(to_timestamp($3::float8 / 1000.0), '-infinity'),
           coalesce($4::uuid, '00000000-0000-0000-0000-000000000000'))
       order by e.occurred_at, e.id limit $5
     ) p order by p."occurredAt", p.id`,
    [tenantId, by.conversationIds, by.after?.at ?? null, by.after?.id ?? null, by.limit + 1],
  );
  return Map.groupBy(rows, ({ conversationId }) => conversationId);
}

/** Replies to one message that are shown at the most. */
const REPLIES_MAX = 200;

/** By message id, in the order in which they came. */
export async function findReplies(
  tx: Transaction,
  tenantId: string,
  messageIds: readonly string[],
): Promise<ReadonlyMap<string, readonly FoundEntry[]>> {
  const rows = await tx.query<FoundEntry>(
    `select r.* from unnest($2::uuid[]) as m (id)
     cross join lateral (
       select ${COLUMNS} from delivery.conversation_entry e
       where e.tenant_id = $1 and e.message_id = m.id and e.kind in ('TEXT', 'TAP')
       order by e.id limit ${REPLIES_MAX} offset 0
     ) r order by r.id`,
    [tenantId, messageIds],
  );
  return Map.groupBy(rows, ({ messageId }) => messageId ?? '');
}
