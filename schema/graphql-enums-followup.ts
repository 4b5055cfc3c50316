// Registers the words of the follow-up list as GraphQL enums.
import { describeEnum } from './describe-enum.ts';
import { FollowUpReason, FollowUpResolution, FollowUpState } from './vocabulary-followup.ts';

describeEnum('FollowUpState', FollowUpState, 'Whether somebody still has to look.', {
  OPEN: 'The message did not reach its person, and nobody has dealt with it.',
  RESOLVED: 'It is dealt with; the resolution says how.',
});
describeEnum('FollowUpReason', FollowUpReason, 'Why nothing more was tried.', {
  PERMANENT_FAILURE: 'The last route failed for good; a mail that came back later counts too.',
  RETRIES_EXHAUSTED: 'The last route failed too often or too long.',
  NO_RECEIPT_IN_WINDOW: 'No receipt came from the last route.',
  EXPIRED_AT_PROVIDER: 'The last provider gave up.',
  PERMISSION_LOST: 'One route failed, and the person permits none of the others any more.',
  PROVIDER_UNAVAILABLE: 'No provider that could carry it was there.',
  EXPIRED: 'Its time ran out before it was handed over.',
  OUTCOME_UNKNOWN_HELD:
    'A provider’s answer was lost, and the template says HOLD: the person may have it.',
  CANNOT_BE_HANDED_OVER: 'A fault of the platform, or a key that is gone; the log has the cause.',
});
describeEnum('FollowUpResolution', FollowUpResolution, 'What took a message off the list.', {
  HANDLED: 'Somebody said so; their note may tell how.',
  RESENT: 'It was sent again, as a new message.',
  LATE_DELIVERY: 'It reached the person after all.',
});
