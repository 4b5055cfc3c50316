// Structured logging: one line per fact, constant words as the message, ids as fields, never content or addresses.
import { pino, type Logger } from 'pino';

export type Log = Logger;

/** A logger that writes JSON lines to standard error, so that standard output stays for people. */
export function createLog(level: string, fields: Record<string, string> = {}): Log {
  return pino(
    { level, base: fields, timestamp: pino.stdTimeFunctions.isoTime },
    pino.destination({ dest: 2, sync: false }),
  );
}
