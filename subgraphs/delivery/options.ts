// The options of delivery.
import { bytes, days, integer } from '../../platform/config.ts';
import { RAW_CALLBACK_DAYS } from './domain/retention.ts';

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
  rawCallbackDays: days(
    'DELIVERY_RAW_CALLBACK_DAYS',
    RAW_CALLBACK_DAYS,
    { min: 1, max: 36_500 },
    'How long a callback that was dealt with is kept as it came.',
  ),
};
