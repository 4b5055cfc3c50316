// Campaigns as rows: inserted once, locked while they go on, and read with what became of their messages.
import type { Transaction } from '../../../platform/database.ts';
import type { MessageStatus } from '../../../schema/vocabulary.ts';
import type { CampaignPauseReason, CampaignState } from '../../../schema/vocabulary-campaigns.ts';
import type { RefusalCount } from '../domain/campaign-refusal.ts';
import type { CampaignFilter } from '../domain/campaign-request.ts';

/** A wrapped data key as a row keeps it. */
interface StoredKey {
  readonly keyId: string;
  readonly version: number;
  /** base64 */
  readonly ciphertext: string;
}

export interface SealedVariables {
  readonly sealed: Buffer;
  readonly key: StoredKey;
}

/** What is asked for and never changes, but for the template's version. Times in milliseconds since 1970. */
interface CampaignTerms {
  readonly tenantId: string;
  readonly id: string;
  readonly idempotencyKey: string;
  readonly requestDigest: string;
  readonly name: string;
  /** The version that it sends. */
  readonly templateId: string;
  readonly filter: CampaignFilter;
  readonly variables: SealedVariables | null;
  readonly messagesPerSecond: number | null;
  readonly createdBy: string;
  readonly createdAt: number;
  readonly sendAt: number | null;
  readonly expiresAt: number | null;
}

export interface Campaign extends CampaignTerms {
  readonly state: CampaignState;
  readonly pauseReason: CampaignPauseReason | null;
  /** The last recipient that was seen. */
  readonly seenUntil: string | null;
  readonly seenCount: number;
  readonly acceptedCount: number;
  readonly refusalCounts: readonly RefusalCount[];
  /** After a cancellation: the last message that was looked at. */
  readonly sweptUntil: string | null;
  readonly startedAt: number | null;
  readonly walkedAt: number | null;
  readonly endedAt: number | null;
  /** Messages that are past ACCEPTED, by where they stand. */
  readonly outcomes: Readonly<Partial<Record<MessageStatus, number>>>;
}

/** Accepted, and not yet handed over to anybody as far as it is counted. */
export function waitingCount({ acceptedCount, outcomes }: Campaign): number {
  return acceptedCount - Object.values(outcomes).reduce((sum, count) => sum + count, 0);
}

/** False when the tenant has a campaign of this idempotency key. */
export async function insertCampaign(
  tx: Transaction,
  campaign: CampaignTerms & { readonly state: CampaignState },
): Promise<boolean> {
  const { variables } = campaign;
  const rows = await tx.query(
    `insert into messages.campaign (tenant_id, id, idempotency_key, request_digest, name, template_id, filter,
       variables_sealed, data_key, state, messages_per_second, created_by, created_at, send_at, expires_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, to_timestamp($13::float8 / 1000),
       to_timestamp($14::float8 / 1000), to_timestamp($15::float8 / 1000))
     on conflict (tenant_id, idempotency_key) do nothing returning 1`,
    [
      campaign.tenantId,
      campaign.id,
      campaign.idempotencyKey,
      campaign.requestDigest,
      campaign.name,
      campaign.templateId,
      JSON.stringify(campaign.filter),
      variables?.sealed ?? null,
      variables === null ? null : JSON.stringify(variables.key),
      campaign.state,
      campaign.messagesPerSecond,
      campaign.createdBy,
      campaign.createdAt,
      campaign.sendAt,
      campaign.expiresAt,
    ],
  );
  return rows.length > 0;
}

/** Writes how far it is. All of it: whoever does has locked it. */
export async function saveCampaign(tx: Transaction, campaign: Campaign): Promise<void> {
  await tx.query(
    `update messages.campaign set template_id = $3, state = $4, pause_reason = $5, seen_until = $6,
       seen_count = $7, accepted_count = $8, refusal_counts = $9, swept_until = $10,
       started_at = to_timestamp($11::float8 / 1000), walked_at = to_timestamp($12::float8 / 1000),
       ended_at = to_timestamp($13::float8 / 1000)
     where tenant_id = $1 and id = $2`,
    [
      campaign.tenantId,
      campaign.id,
      campaign.templateId,
      campaign.state,
      campaign.pauseReason,
      campaign.seenUntil,
      campaign.seenCount,
      campaign.acceptedCount,
      JSON.stringify(campaign.refusalCounts),
      campaign.sweptUntil,
      campaign.startedAt,
      campaign.walkedAt,
      campaign.endedAt,
    ],
  );
}

interface Row extends Omit<Campaign, 'variables'> {
  readonly sealed: Buffer | null;
  readonly dataKey: StoredKey | null;
}

const ms = (column: string): string => `round(extract(epoch from ${column}) * 1000)::float8`;

const COLUMNS = `c.tenant_id as "tenantId", c.id, c.idempotency_key as "idempotencyKey",
  c.request_digest as "requestDigest", c.name, c.template_id as "templateId", c.filter,
  c.variables_sealed as sealed, c.data_key as "dataKey", c.state, c.pause_reason as "pauseReason",
  c.messages_per_second as "messagesPerSecond", c.seen_until as "seenUntil", c.seen_count as "seenCount",
  c.accepted_count as "acceptedCount", c.refusal_counts as "refusalCounts", c.swept_until as "sweptUntil",
  c.created_by as "createdBy", ${ms('c.created_at')} as "createdAt", ${ms('c.send_at')} as "sendAt",
  ${ms('c.expires_at')} as "expiresAt", ${ms('c.started_at')} as "startedAt",
  ${ms('c.walked_at')} as "walkedAt", ${ms('c.ended_at')} as "endedAt",
  coalesce((select jsonb_object_agg(o.status, o.count) from messages.campaign_outcome o
    where o.tenant_id = c.tenant_id and o.campaign_id = c.id), '{}') as outcomes`;

const campaignOf = ({ sealed, dataKey, ...row }: Row): Campaign => ({
  ...row,
  variables: sealed === null || dataKey === null ? null : { sealed, key: dataKey },
});

/** Null where the tenant has none of this id. Its task is locked before it. */
export async function lockCampaign(
  tx: Transaction,
  tenantId: string,
  id: string,
): Promise<Campaign | null> {
  const [row] = await tx.query<Row>(
    `select ${COLUMNS} from messages.campaign c where c.tenant_id = $1 and c.id = $2 for update of c`,
    [tenantId, id],
  );
  return row === undefined ? null : campaignOf(row);
}

export async function findCampaignByKey(
  tx: Transaction,
  tenantId: string,
  idempotencyKey: string,
): Promise<Campaign | null> {
  const [row] = await tx.query<Row>(
    `select ${COLUMNS} from messages.campaign c where c.tenant_id = $1 and c.idempotency_key = $2`,
    [tenantId, idempotencyKey],
  );
  return row === undefined ? null : campaignOf(row);
}

/** By id; unknown ones and those of other tenants are missing. */
export async function findCampaigns(
  tx: Transaction,
  tenantId: string,
  ids: readonly string[],
): Promise<ReadonlyMap<string, Campaign>> {
  const rows = await tx.query<Row>(
    `select ${COLUMNS} from unnest($2::uuid[]) as asked (id)
     cross join lateral (
       select * from messages.campaign where tenant_id = $1 and id = asked.id offset 0
     ) c`,
    [tenantId, ids],
  );
  return new Map(rows.map((row) => [row.id, campaignOf(row)]));
}

/** Newest first. */
export async function findCampaignPage(
  tx: Transaction,
  tenantId: string,
  ask: {
    readonly state: CampaignState | null;
    readonly before: string | null;
    readonly limit: number;
  },
): Promise<Campaign[]> {
  const rows = await tx.query<Row>(
    `select ${COLUMNS} from messages.campaign c
     where c.tenant_id = $1 and ($2::text is null or c.state = $2) and ($3::uuid is null or c.id < $3)
     order by c.id desc limit $4`,
    [tenantId, ask.state, ask.before, ask.limit],
  );
  return rows.map(campaignOf);
}

/** Campaigns of the tenant that have not ended. */
export async function countOpenCampaigns(tx: Transaction, tenantId: string): Promise<number> {
  const [row] = await tx.query<{ count: number }>(
    `select count(*)::int as count from messages.campaign where tenant_id = $1 and ended_at is null`,
    [tenantId],
  );
  return row?.count ?? 0;
}
