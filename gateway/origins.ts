// Which web pages may call: those of the gateway's own host and those that are listed; programs send no Origin at all.
import type { IncomingMessage } from 'node:http';

export type OriginAllowed = (request: IncomingMessage) => boolean;

export function createOriginAllowed(allowedOrigins: readonly string[]): OriginAllowed {
  const listed = new Set(allowedOrigins);
  return ({ headers: { origin, host } }) => {
    if (origin === undefined || listed.has(origin)) return true;
    return host !== undefined && URL.parse(origin)?.host === host;
  };
}
