// The door for the pre-filter of a batch: POST /consent/eligible with a line for each person, answered line by line.
import type { IncomingMessage } from 'node:http';
import { ApiError } from '../../../platform/errors.ts';
import { HttpRefusal } from '../../../platform/http-message.ts';
import { requireScope } from '../../../platform/principal.ts';
import { answerInLines, mediaTypeOf, readLines, type Upload } from '../../../platform/upload.ts';
import { publicId } from '../../../schema/ids.ts';
import { Channel, Purpose } from '../../../schema/vocabulary.ts';
import { decideConsents, type RecipientDecision } from '../decide-consents.ts';
import type { ConsentDeps } from '../deps.ts';

/** People who are decided about in one statement of the gate. */
const BATCH = 500;
const LINE_BYTES_MAX = 4 * 1024;

/** A line's person; null for a line that names none. */
type Row = string | null;

export function eligibleBatch(deps: ConsentDeps): Upload {
  return {
    path: '/consent/eligible',
    async handle(exchange) {
      const { principal, request } = exchange;
      requireScope(principal, 'consent:read');
      const query = new URL(request.url ?? '', 'http://localhost').searchParams;
      const purpose = wordIn(query, 'purpose', Object.values(Purpose));
      const channel = wordIn(query, 'channel', Object.values(Channel));
      if (mediaTypeOf(request) !== 'application/x-ndjson') {
        const accept = 'application/x-ndjson';
        throw new HttpRefusal(415, `Send ${accept}.`, { accept });
      }
      const counts = { allowed: 0, refused: 0 };
      await answerInLines(deps, exchange, {
        rows: rowsOf(request),
        batchMax: BATCH,
        work: async (batch: readonly Row[], before) => {
          const questions = batch.map((id) => ({ recipientId: id ?? '', purpose, channel }));
          const decisions = await decideConsents(deps, principal.tenantId, questions);
          return decisions.map((decision, index) => {
            counts[decision.allowed ? 'allowed' : 'refused'] += 1;
            return lineOf(before + index + 1, batch[index] ?? null, decision);
          });
        },
        counts: () => counts,
      });
    },
  };
}

function lineOf(row: number, recipientId: Row, decision: RecipientDecision): object {
  const { allowed, consentId, expiresAt } = decision;
  const unread = 'A line is a JSON object with a recipientId.';
  if (recipientId === null) return { row, recipientId, allowed: false, error: unread };
  return {
    row,
    recipientId,
    allowed,
    reason: allowed ? null : decision.reason,
    consentId: consentId && publicId('consent', consentId),
    expiresAt: expiresAt === null ? null : new Date(expiresAt).toISOString(),
  };
}

function wordIn<Word extends string>(
  query: URLSearchParams,
  name: string,
  words: readonly Word[],
): Word {
  const found = words.find((word) => word === query.get(name));
  if (found !== undefined) return found;
  const sentence = `${name} is one of ${words.join(', ')}.`;
  throw new ApiError('BAD_USER_INPUT', sentence, { path: [name] });
}

/** What else a line says is passed over, so that the answer of an import can be sent on as it is. */
async function* rowsOf(request: IncomingMessage): AsyncGenerator<Row, undefined, undefined> {
  const lines = readLines(request as AsyncIterable<Buffer>, LINE_BYTES_MAX, lineTooLarge);
  for await (const line of lines) {
    if (line.trim() !== '') yield recipientIn(line);
  }
}

function recipientIn(line: string): Row {
  try {
    const value: unknown = JSON.parse(line);
    const id = (value as { recipientId?: unknown } | null)?.recipientId;
    return typeof id === 'string' ? id : null;
  } catch {
    return null;
  }
}

const lineTooLarge = () =>
  new ApiError('PAYLOAD_TOO_LARGE', `A line may have ${LINE_BYTES_MAX} bytes.`, {
    maxBytes: LINE_BYTES_MAX,
  });
