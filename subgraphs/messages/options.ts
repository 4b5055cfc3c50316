// The options of messages.
import { choice, integer, milliseconds } from '../../platform/config.ts';

export const messagesOptions = {
  providerTimeoutMs: milliseconds(
    'PROVIDER_TIMEOUT_MS',
    2_000,
    { min: 100, max: 30_000 },
    'How long a provider may take to answer; also the grace of a revocation that races a send.',
  ),
  sendLeaseMs: milliseconds(
    'SEND_LEASE_MS',
    15_000,
    { min: 500, max: 300_000 },
    'How long a claimed attempt is its worker’s own; longer than the provider’s timeout.',
  ),
  sendsMax: integer(
    'SENDS_MAX',
    256,
    { min: 1, max: 10_000 },
    'Attempts that one worker has under way at the most, for each provider.',
  ),
  templateFourEyes: choice(
    'TEMPLATE_FOUR_EYES',
    ['on', 'off'],
    'off',
    'Whether a template version is approved by somebody else than who submitted it.',
  ),
};
