// The platform's own form: type, timestamp and data, as Standard Webhooks recommends payloads to be.
// Source: https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md (Payload structure).
import type { ConsentChange } from './consent-change.ts';

/** All that may leave. */
export const genericBody = (change: ConsentChange): object => ({
  type: 'consent.recorded',
  timestamp: change.recordedAt,
  data: change,
});
