// Server-sent events: the way of a subscription's events to clients that cannot open a WebSocket.
import type { ServerResponse } from 'node:http';
import type { FormattedExecutionResult } from 'graphql';
import type { Clock } from '../platform/clock.ts';
import { ApiError } from '../platform/errors.ts';
import type { Principal } from '../platform/principal.ts';
import type { Stream } from '../platform/stream.ts';
import { isStream, type OperationOutcome } from './operations.ts';

/** The streams that are open, so that they can be ended together. */
export interface EventStreams {
  readonly open: Set<Stream<FormattedExecutionResult>>;
  readonly openMax: number;
  readonly clock: Clock;
}

/** Proxies close connections that are silent for longer. */
const COMMENT_INTERVAL_MS = 12_000;
/** What a timer can hold; longer tokens are looked at again by the next connection. */
const LIFE_MAX_MS = 86_400_000;

/** Sends each result as `next`, then `complete` (the GraphQL over SSE protocol, distinct connections). The stream ends
 *  with the client's connection, with its token, or when the gateway closes. */
export async function sendEvents(
  response: ServerResponse,
  outcome: OperationOutcome,
  principal: Principal,
  { open, openMax, clock }: EventStreams,
): Promise<void> {
  if (isStream(outcome) && (response.destroyed || open.size >= openMax)) {
    await outcome.return();
    throw new ApiError('UNAVAILABLE', 'Too many streams are open.');
  }
  response.writeHead(200, {
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store',
    'x-accel-buffering': 'no',
  });
  if (!isStream(outcome)) {
    response.end(eventOf(outcome) + COMPLETE);
    return;
  }
  open.add(outcome);
  const end = () => void outcome.return();
  const lifeMs = Math.min(principal.expiresAt * 1000 - clock.now(), LIFE_MAX_MS);
  const expiry = setTimeout(end, lifeMs);
  const comments = setInterval(() => response.write(':\n\n'), COMMENT_INTERVAL_MS);
  response.once('close', end);
  response.flushHeaders();
  try {
    for await (const result of outcome) {
      if (!response.write(eventOf(result)) && !response.destroyed) await drained(response);
    }
    response.end(COMPLETE);
  } finally {
    clearTimeout(expiry);
    clearInterval(comments);
    open.delete(outcome);
  }
}

const COMPLETE = 'event: complete\ndata:\n\n';

function eventOf(result: FormattedExecutionResult): string {
  return `event: next\ndata: ${JSON.stringify(result)}\n\n`;
}

function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const go = () => {
      response.off('drain', go).off('close', go);
      resolve();
    };
    response.once('drain', go).once('close', go);
  });
}
