// The options of recipients.
import { seconds, type Values } from '../../platform/config.ts';

const DAY = 86_400;

export const recipientsOptions = {
  capabilityTtlSeconds: seconds(
    'CAPABILITY_TTL_SECONDS',
    DAY,
    { min: 60, max: 7 * DAY },
    'How long a capability report is believed.',
  ),
};
export type RecipientsSettings = Values<typeof recipientsOptions>;
