// Finds conversations: by id, by person, in the order in which they came into their state, and how many people wait.
import type { Transaction } from '../../../platform/database.ts';
import type { ConversationState } from '../../../schema/vocabulary-conversations.ts';
import type { Channel } from '../../../schema/vocabulary.ts';

/** Times in milliseconds since 1970. */
export interface FoundConversation {
  readonly id: string;
  readonly recipientId: string;
  readonly channel: Channel;
  readonly state: ConversationState;
  readonly since: number;
  readonly lastAt: number;
}

const ms = (column: string): string => `round(extract(epoch from ${column}) * 1000)::float8`;
const COLUMNS = `c.id, c.recipient_id as "recipientId", c.channel, c.state, ${ms('c.since')} as since,
  ${ms('c.last_at')} as "lastAt"`;

/** By UUID, or of people by theirs, one for each channel at the most; unknown ones are missing. */
export function findConversations(
  tx: Transaction,
  tenantId: string,
  by: { readonly ids: readonly string[] } | { readonly recipientIds: readonly string[] },
): Promise<FoundConversation[]> {
  const [column, keys] = 'ids' in by ? ['id', by.ids] : ['recipient_id', by.recipientIds];
  return tx.query<FoundConversation>(
    `select c.* from unnest($2::uuid[]) as k (key)
     cross join lateral (
       select ${COLUMNS} from delivery.conversation c
       where c.tenant_id = $1 and c.${column} = k.key offset 0
     ) c order by c.channel`,
    [tenantId, keys],
  );
}

/** A place in a list: a time in milliseconds since 1970, and a UUID among those of the same time. */
export interface Place {
  readonly at: number;
  readonly id: string;
}

/** Those who came into their state first come first; one more than the limit, where there is one more. */
export function findConversationPage(
  tx: Transaction,
  tenantId: string,
  by: {
    readonly state: ConversationState | null;
    readonly channel: Channel | null;
    readonly after: Place | null;
    readonly limit: number;
  },
): Promise<FoundConversation[]> {
  const { state, channel, after, limit } = by;
  return tx.query<FoundConversation>(
    `select ${COLUMNS} from delivery.conversation c
     where c.tenant_id = $1 ${state === null ? 'and $2::text is null' : 'and c.state = $2'}
       and ($3::text is null or c.channel = $3)
       and (c.since, c.id) > (coalesce(to_timestamp($4::float8 / 1000.0), '-infinity'),
         coalesce($5::uuid, '00000000-0000-0000-0000-000000000000'))
     order by c.since, c.id limit $6`,
    [tenantId, state, channel, after?.at ?? null, after?.id ?? null, limit + 1],
  );
}

/** By channel, over all tenants: how many people wait, and since when the first of them. */
export async function countWaiting(
  tx: Transaction,
): Promise<ReadonlyMap<Channel, { readonly count: number; readonly since: number }>> {
  const rows = await tx.query<{ channel: Channel; count: number; since: number }>(
    `select c.channel, count(*)::int as count, ${ms('min(c.since)')} as since
     from delivery.conversation c
     where c.state = 'AWAITING_AGENT' and c.state <> 'CLOSED' group by c.channel`,
  );
  return new Map(rows.map(({ channel, ...waiting }) => [channel, waiting]));
}
