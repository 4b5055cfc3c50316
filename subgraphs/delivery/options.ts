// The options of delivery.
import { bytes, integer } from '../../platform/config.ts';

export const deliveryOptions = {
  callbackMaxBytes: bytes(
    'CALLBACK_MAX_BYTES',
    262_144,
    { min: 1_024, max: 16_777_216 },
    'The largest callback that a provider may send.',
  ),
  streamBufferMax: integer(
    'STREAM_BUFFER_MAX',
    1_000,
    { min: 10, max: 100_000 },
    'Events that a slow subscriber may be behind before its stream ends with a gap.',
  ),
};
