// Registers the words of campaigns as GraphQL enums.
import { describeEnum } from './describe-enum.ts';
import { CampaignPauseReason, CampaignState } from './vocabulary-campaigns.ts';

describeEnum('CampaignState', CampaignState, 'The life of a campaign.', {
  SCHEDULED: 'Its time has not come.',
  RUNNING: 'It goes through its audience, or waits until all that it put into the queue is sent.',
  PAUSED: 'It puts nothing more into the queue until it is resumed.',
  COMPLETED: 'Everybody was seen, and nothing of it waits any more; receipts may still come.',
  CANCELLED: 'Somebody ended it.',
  EXPIRED: 'Its time was over before everybody was seen.',
});
describeEnum('CampaignPauseReason', CampaignPauseReason, 'Why a campaign is paused.', {
  REQUESTED: 'Somebody paused it.',
  TEMPLATE_CHANGED: 'The version that it sends is not the approved one any more.',
});
