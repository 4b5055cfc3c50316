// An upload: a body that is worked through while it comes, by a caller with a verified token, answered line by line.
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Principal } from './principal.ts';

export interface Upload {
  /** Exact. Taken by POST alone. */
  readonly path: string;
  /** Owns the answer. What it throws before it answers is answered like a route's; afterwards the connection breaks. */
  handle(principal: Principal, request: IncomingMessage, response: ServerResponse): Promise<void>;
}

/** Writes one JSON value as a line, and waits where the reader is slower than we are. False once nobody reads. */
export async function writeLine(response: ServerResponse, value: object): Promise<boolean> {
  if (response.destroyed) return false;
  if (!response.write(`${JSON.stringify(value)}\n`)) {
    await Promise.race([once(response, 'drain'), once(response, 'close')]);
  }
  return !response.destroyed;
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
