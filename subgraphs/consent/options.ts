// The options of consent.
import { choice, days, integer, milliseconds } from '../../platform/config.ts';
import { retentionDays } from './domain/retention.ts';

export const consentOptions = {
  checkpointMs: integer(
    'CONSENT_CHECKPOINT_MS',
    2_000,
    { min: 100, max: 3_600_000 },
    'How often the grown consent logs are signed, in milliseconds. Until then a receipt has no proof.',
  ),
  crmTimeoutMs: milliseconds(
    'CRM_TIMEOUT_MS',
    15_000,
    { min: 1_000, max: 30_000 },
    'How long a tenant’s own system has to answer what it is told.',
  ),
  crmTargets: choice(
    'CRM_TARGETS',
    ['public', 'any'],
    'public',
    'public takes https and public addresses; any takes the rest too, and is refused in production.',
  ),
  cmpEventDays: days(
    'CONSENT_CMP_EVENT_DAYS',
    retentionDays.cmpEventDays,
    { min: 1, max: 36_500 },
    'How long the events of consent management platforms are kept as they came; sooner where a region asks for it.',
  ),
  liftedSuppressionDays: days(
    'CONSENT_LIFTED_SUPPRESSION_DAYS',
    retentionDays.liftedSuppressionDays,
    { min: 1, max: 36_500 },
    'How long an entry of a suppression list is kept after it was lifted or ended.',
  ),
};
