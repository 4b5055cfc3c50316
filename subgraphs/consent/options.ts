// The options of consent.
import { choice, integer, milliseconds } from '../../platform/config.ts';

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
};
