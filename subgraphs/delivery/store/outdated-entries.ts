// Erases what was said in conversations once its time is over, oldest first. The conversation stays: it holds no word.
import { assert } from '../../../platform/assert.ts';
import type { EraseBatch, ErasedCount } from '../../../platform/retention.ts';

export const eraseEntries: EraseBatch = (tx, { regions, before, limit }) => {
  assert(regions === null, 'an entry of a conversation knows no region');
  return tx.query<ErasedCount>(
    `with outdated as materialized (
       select tenant_id, id from delivery.conversation_entry
       where occurred_at < to_timestamp($1 / 1000.0) order by occurred_at limit $2
       for update skip locked
     ), erased as (
       delete from delivery.conversation_entry e using outdated o
       where e.tenant_id = o.tenant_id and e.id = o.id returning e.tenant_id
     )
     select tenant_id as "tenantId", null as region, count(*)::int as count from erased group by 1`,
    [before, limit],
  );
};
