// Erases what consent keeps for a time only, oldest first. What is in other hands is passed over.
import type { EraseBatch, ErasedCount } from '../../../platform/retention.ts';

/** What consent management platforms sent; the region is the one that its source stands for. */
export const eraseCmpEvents: EraseBatch = (tx, { regions, before, limit }) =>
  tx.query<ErasedCount>(
    `with outdated as materialized (${regions === null ? OUTDATED_EVENTS : OUTDATED_IN_REGIONS}), erased as (
       delete from consent.cmp_event e using outdated o
       where e.tenant_id = o.tenant_id and e.format = o.format and e.event_id = o.event_id
       returning e.tenant_id, o.region
     )
     ${COUNTED}`,
    regions === null ? [before, limit] : [before, limit, regions],
  );

const OUTDATED_EVENTS = `
  select tenant_id, format, event_id, null as region from consent.cmp_event
  where received_at < to_timestamp($1 / 1000.0)
  order by received_at limit $2 for update skip locked`;

/** A country's rule is also that of its parts. */
const inRegions = (column: string): string =>
  `(${column} = any($3::text[]) or split_part(${column}, '-', 1) = any($3::text[]))`;

// By source: the few events of a region are not looked for among all the others, which are kept longer.
const OUTDATED_IN_REGIONS = `
  select e.*, s.jurisdiction as region
  from consent.cmp_source s cross join lateral (
    select tenant_id, format, event_id from consent.cmp_event
    where tenant_id = s.tenant_id and format = s.format and received_at < to_timestamp($1 / 1000.0)
    order by received_at limit $2 for update skip locked
  ) e
  where ${inRegions('s.jurisdiction')} limit $2`;

/** Entries of suppression lists that were lifted, or that ended by themselves. */
export const eraseLiftedSuppressions: EraseBatch = (tx, { regions, before, limit }) =>
  tx.query<ErasedCount>(
    `with outdated as materialized (
       select tenant_id, id, case when $3::text[] is not null then region end as region
       from consent.suppression
       where coalesce(lifted_at, until_at) < to_timestamp($1 / 1000.0)
         and ($3::text[] is null or ${inRegions('region')})
       order by coalesce(lifted_at, until_at) limit $2 for update skip locked
     ), erased as (
       delete from consent.suppression s using outdated o
       where s.tenant_id = o.tenant_id and s.id = o.id returning s.tenant_id, o.region
     )
     ${COUNTED}`,
    [before, limit, regions],
  );

const COUNTED = `select tenant_id as "tenantId", region, count(*)::int as count from erased group by 1, 2`;
