// The options of recipients.
import { integer, seconds, type Values } from '../../platform/config.ts';

const DAY = 86_400;

export const recipientsOptions = {
  capabilityTtlSeconds: seconds(
    'CAPABILITY_TTL_SECONDS',
    DAY,
    { min: 60, max: 7 * DAY },
    'How long a capability report is believed, where the tenant has no rule for the market.',
  ),
  capabilityProbesMax: integer(
    'CAPABILITY_PROBES_MAX',
    100,
    { min: 1, max: 1_000 },
    'Phone numbers that one run of the look-up job asks about at the most.',
  ),
};
export type RecipientsSettings = Values<typeof recipientsOptions>;
