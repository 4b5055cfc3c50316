// Who was refused by a campaign and why: one row a page of the audience, read back person by person.
import type { Transaction } from '../../../platform/database.ts';
import type { CampaignRefusal } from '../domain/campaign-refusal.ts';

export interface RefusedPerson extends CampaignRefusal {
  readonly recipientId: string;
}

/** `refused` stands in the order of the recipients' UUIDs, and comes after all that was kept before. */
export async function keepRefusals(
  tx: Transaction,
  { tenantId, campaignId }: { readonly tenantId: string; readonly campaignId: string },
  refused: readonly RefusedPerson[],
): Promise<void> {
  const last = refused.at(-1);
  if (last === undefined) return;
  await tx.query(
    `insert into messages.campaign_refusal (tenant_id, campaign_id, last_recipient_id, recipient_ids, codes, reasons)
     values ($1, $2, $3, $4::uuid[], $5::text[], $6::text[])`,
    [
      tenantId,
      campaignId,
      last.recipientId,
      refused.map(({ recipientId }) => recipientId),
      refused.map(({ code }) => code),
      refused.map(({ reason }) => reason),
    ],
  );
}

/** In the order in which they were seen, after one. Each row holds at least one person, so no more rows than people are
 *  opened. */
export async function findRefusals(
  tx: Transaction,
  tenantId: string,
  ask: { readonly campaignId: string; readonly after: string | null; readonly limit: number },
): Promise<RefusedPerson[]> {
  return tx.query<RefusedPerson>(
    `select person.id as "recipientId", person.code, person.reason
     from (
       select recipient_ids, codes, reasons from messages.campaign_refusal
       where tenant_id = $1 and campaign_id = $2 and ($3::uuid is null or last_recipient_id > $3)
       order by last_recipient_id limit $4
     ) page, unnest(page.recipient_ids, page.codes, page.reasons) as person (id, code, reason)
     where $3::uuid is null or person.id > $3
     order by person.id limit $4`,
    [tenantId, ask.campaignId, ask.after, ask.limit],
  );
}
