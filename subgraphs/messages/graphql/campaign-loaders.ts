// Loaders of campaigns for one request.
import DataLoader from 'dataloader';
import type { Database } from '../../../platform/database.ts';
import { findCampaignsOf } from '../store/campaign-messages.ts';
import { findCampaigns, type Campaign } from '../store/campaigns.ts';

export interface CampaignLoaders {
  readonly campaign: DataLoader<string, Campaign | null>;
  /** The campaign's UUID by the message's; null where it is of none. */
  readonly campaignOf: DataLoader<string, string | null>;
}

export function createCampaignLoaders(database: Database, tenantId: string): CampaignLoaders {
  return {
    campaign: new DataLoader(async (ids: readonly string[]) => {
      const found = await database.read(tenantId, (tx) => findCampaigns(tx, tenantId, ids));
      return ids.map((id) => found.get(id) ?? null);
    }),
    campaignOf: new DataLoader(async (ids: readonly string[]) => {
      const found = await database.read(tenantId, (tx) => findCampaignsOf(tx, tenantId, ids));
      return ids.map((id) => found.get(id) ?? null);
    }),
  };
}
