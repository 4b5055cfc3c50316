// The options of delivery.
import { bytes, days, hours, integer } from '../../platform/config.ts';
import { ANSWER_WINDOW_HOURS, LAPSE_HOURS } from './domain/conversation.ts';
import { CONVERSATION_ENTRY_DAYS, RAW_CALLBACK_DAYS } from './domain/retention.ts';

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
  conversationEntryDays: days(
    'DELIVERY_CONVERSATION_ENTRY_DAYS',
    CONVERSATION_ENTRY_DAYS,
    { min: 90, max: 36_500 },
    'How long what people wrote and tapped is kept.',
  ),
  answerWindowHours: hours(
    'CONVERSATION_ANSWER_WINDOW_HOURS',
    ANSWER_WINDOW_HOURS,
    { min: 1, max: 2_160 },
    'How long before a text the message that it answers may have been handed over.',
  ),
  openLapseHours: hours(
    'CONVERSATION_OPEN_LAPSE_HOURS',
    LAPSE_HOURS.OPEN,
    { min: 1, max: 720 },
    'How long the person says nothing before a conversation closes by itself.',
  ),
  waitingLapseHours: hours(
    'CONVERSATION_WAITING_LAPSE_HOURS',
    LAPSE_HOURS.AWAITING_AGENT,
    { min: 1, max: 2_160 },
    'How long a person waits before a conversation that nobody answers closes by itself.',
  ),
};
