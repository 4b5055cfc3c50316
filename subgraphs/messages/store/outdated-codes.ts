// Erases one-time codes and visits of secure links whose time is over, oldest first.
import { assert } from '../../../platform/assert.ts';
import type { EraseBatch, ErasedCount } from '../../../platform/retention.ts';

export const eraseCodes: EraseBatch = (tx, { regions, before, limit }) => {
  assert(regions === null, 'a code knows no region');
  return tx.query<ErasedCount>(
    `with outdated as materialized (
       select tenant_id, message_id from messages.one_time_code
       where expires_at < to_timestamp($1 / 1000.0) order by expires_at limit $2 for update skip locked
     ), erased as (
       delete from messages.one_time_code c using outdated o
       where c.tenant_id = o.tenant_id and c.message_id = o.message_id returning c.tenant_id
     )
     select tenant_id as "tenantId", null as region, count(*)::int as count from erased group by 1`,
    [before, limit],
  );
};

export const eraseVisits: EraseBatch = (tx, { regions, before, limit }) => {
  assert(regions === null, 'a visit knows no region');
  return tx.query<ErasedCount>(
    `with outdated as materialized (
       select tenant_id, visitor from messages.link_visit
       where expires_at < to_timestamp($1 / 1000.0) order by expires_at limit $2 for update skip locked
     ), erased as (
       delete from messages.link_visit v using outdated o
       where v.tenant_id = o.tenant_id and v.visitor = o.visitor returning v.tenant_id
     )
     select tenant_id as "tenantId", null as region, count(*)::int as count from erased group by 1`,
    [before, limit],
  );
};
