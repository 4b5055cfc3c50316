// Erases callbacks whose time is over, oldest first: those that were dealt with, never one that waits for its attempt.
import { assert } from '../../../platform/assert.ts';
import type { EraseBatch, ErasedCount } from '../../../platform/retention.ts';

/** Those of no tenant count under ''. Their keys stay: a process may be sealing with any of them. */
export const eraseCallbacks: EraseBatch = (tx, { regions, before, limit }) => {
  assert(regions === null, 'a callback knows no region');
  return tx.query<ErasedCount>(
    `with outdated as materialized (
       select tenant_id, id from delivery.raw_callback
       where state <> 'NEW' and received_at < to_timestamp($1 / 1000.0)
       order by received_at limit $2 for update skip locked
     ), erased as (
       delete from delivery.raw_callback c using outdated o
       where c.tenant_id = o.tenant_id and c.id = o.id returning c.tenant_id
     )
     select tenant_id as "tenantId", null as region, count(*)::int as count from erased group by 1`,
    [before, limit],
  );
};
