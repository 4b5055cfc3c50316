// The words of campaigns.

/** The life of a campaign. COMPLETED, CANCELLED and EXPIRED end it. */
export const CampaignState = {
  SCHEDULED: 'SCHEDULED',
  RUNNING: 'RUNNING',
  PAUSED: 'PAUSED',
  COMPLETED: 'COMPLETED',
  CANCELLED: 'CANCELLED',
  EXPIRED: 'EXPIRED',
} as const;
export type CampaignState = (typeof CampaignState)[keyof typeof CampaignState];

/** Why a campaign is paused. */
export const CampaignPauseReason = {
  REQUESTED: 'REQUESTED',
  TEMPLATE_CHANGED: 'TEMPLATE_CHANGED',
} as const;
export type CampaignPauseReason = (typeof CampaignPauseReason)[keyof typeof CampaignPauseReason];
