// An upload: a body that is worked through while it comes, by a caller with a verified token, answered line by line.
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Clock } from './clock.ts';
import { ApiError } from './errors.ts';
import { errorAnswer } from './http-message.ts';
import type { Log } from './log.ts';
import type { Principal } from './principal.ts';

export interface Upload {
  /** Exact. Taken by POST alone. */
  readonly path: string;
  /** Owns the answer. What it throws before it answers is answered like a route's; afterwards the connection breaks. */
  handle(exchange: UploadExchange): Promise<void>;
}

/** Who sends what, and where the answer goes. */
export interface UploadExchange {
  readonly principal: Principal;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

/** How an upload is worked through: some rows at a time, each answered by a line. */
export interface UploadWork<Row> {
  readonly rows: AsyncIterable<Row>;
  readonly batchMax: number;
  /** The lines for a batch, in its order; `before`: how many rows came before it. */
  work(batch: readonly Row[], before: number): Promise<readonly object[]>;
  /** What the last line counts. */
  counts(): object;
}

interface UploadTools {
  readonly clock: Clock;
  readonly log: Log;
  readonly newUuid: () => string;
}

/** A sender that says nothing for this long is gone. */
const SILENCE_MS_MAX = 30_000;

/** Answers NDJSON: a line for each row, and a last one that says whether that was all. Without the last line the answer is
 *  not whole. What fails midway ends the work; what was done stays done. */
export async function answerInLines<Row>(
  { clock, log, newUuid }: UploadTools,
  { principal, request, response }: UploadExchange,
  { rows, batchMax, work, counts }: UploadWork<Row>,
): Promise<void> {
  request.setTimeout(SILENCE_MS_MAX, () => request.destroy());
  response.writeHead(200, { 'content-type': 'application/x-ndjson; charset=utf-8' });
  let error: object | null = null;
  let batch: Row[] = [];
  let done = 0;
  const flush = async (): Promise<void> => {
    if (clock.now() >= principal.expiresAt * 1_000) {
      throw new ApiError('UNAUTHENTICATED', 'The token ran out on the way.');
    }
    for (const line of await work(batch, done)) await writeLine(response, line);
    done += batch.length;
    batch = [];
  };
  try {
    for await (const row of rows) {
      batch.push(row);
      if (batch.length === batchMax) await flush();
    }
    if (batch.length > 0) await flush();
  } catch (fault) {
    const incidentId = fault instanceof ApiError ? null : newUuid();
    if (incidentId !== null) log.error({ incidentId, err: fault }, 'upload failed');
    error = (errorAnswer(fault, incidentId).json ?? {}) as object;
  }
  await writeLine(response, { isComplete: error === null, counts: counts(), error });
  response.end();
}

/** Writes one JSON value as a line, and waits where the reader is slower than we are. False once nobody reads. */
async function writeLine(response: ServerResponse, value: object): Promise<boolean> {
  if (response.destroyed) return false;
  if (!response.write(`${JSON.stringify(value)}\n`)) {
    await Promise.race([once(response, 'drain'), once(response, 'close')]);
  }
  return !response.destroyed;
}

/** The media type of a body without its parameters, in lower case; empty when it has none. */
export function mediaTypeOf({ headers }: IncomingMessage): string {
  const [type = ''] = (headers['content-type'] ?? '').split(';');
  return type.trim().toLowerCase();
}

/** The lines of a body without their ends, decoded as UTF-8. Throws `tooLong` for a line with more bytes than may be: a
 *  body without line ends would be held in memory as a whole. */
export async function* readLines(
  body: AsyncIterable<Buffer>,
  bytesMax: number,
  tooLong: () => Error,
): AsyncGenerator<string, undefined, undefined> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of body) {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    let from = 0;
    for (let end = rest.indexOf(10); end !== -1; end = rest.indexOf(10, from)) {
      if (end - from > bytesMax) throw tooLong();
      yield rest.toString('utf8', from, end).replace(/\r$/, '');
      from = end + 1;
    }
    rest = rest.subarray(from);
    if (rest.length > bytesMax) throw tooLong();
  }
  if (rest.length > 0) yield rest.toString('utf8');
}
