// The header Retry-After: how long another system asks us to wait.

const RETRY_AFTER_MAX_MS = 3_600_000;

/** Retry-After in either of its forms (RFC 9110, 10.2.3) in milliseconds, at most an hour; null when absent or unreadable. */
export function retryAfterMs(header: string | undefined, now: number): number | null {
  if (header === undefined) return null;
  const waitMs = /^\d+$/.test(header) ? Number(header) * 1000 : Date.parse(header) - now;
  return Number.isNaN(waitMs) ? null : Math.min(Math.max(waitMs, 0), RETRY_AFTER_MAX_MS);
}
