// Tells a database that is away, or too busy, from a statement that is wrong.

/** Of the SQLSTATE: connection exceptions, insufficient resources, and what an operator does to a server. */
const CLASSES = ['08', '53', '57P'];
/** Deadlocks and serialisation, a lock that was waited for too long, a transaction that was ended for standing still. */
const CODES = new Set(['40001', '40P01', '55P03', '25P03', '25P04']);
const SOCKET_CODES = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'EHOSTUNREACH']);
/** What the driver says without a code, when a connection is lost, cannot be had, or does not answer. */
const SENTENCES = [
  /^Connection terminated/,
  /^Client has encountered a connection error/,
  /^timeout exceeded when trying to connect/,
  /^Query read timeout/,
];

/** Whether the same statement may well succeed later: it was not looked at, or ended for no fault of its own. */
export function isOutage(error: unknown): boolean {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    const { code } = cause as { code?: unknown };
    if (typeof code === 'string') {
      if (SOCKET_CODES.has(code) || CODES.has(code)) return true;
      if (CLASSES.some((start) => code.length === 5 && code.startsWith(start))) return true;
    }
    if (SENTENCES.some((sentence) => sentence.test((cause as Error).message))) return true;
  }
  return false;
}
