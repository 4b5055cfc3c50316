// The options of consent.
import { integer } from '../../platform/config.ts';

export const consentOptions = {
  checkpointMs: integer(
    'CONSENT_CHECKPOINT_MS',
    2_000,
    { min: 100, max: 3_600_000 },
    'How often the grown consent logs are signed, in milliseconds. Until then a receipt has no proof.',
  ),
};
