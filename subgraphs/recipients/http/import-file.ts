// The door for files of people: POST /recipients/import, NDJSON or CSV, answered with a line for each row.
import type { IncomingMessage } from 'node:http';
import { CsvError, parse } from 'csv-parse';
import { ApiError } from '../../../platform/errors.ts';
import { errorAnswer, HttpRefusal } from '../../../platform/http-message.ts';
import { requireScope, type Principal } from '../../../platform/principal.ts';
import { readLines, writeLine, type Upload } from '../../../platform/upload.ts';
import { publicId } from '../../../schema/ids.ts';
import type { RecipientsWork } from '../deps.ts';
import { readImportRow, rowOfCells, type ImportRow } from '../domain/import-row.ts';
import type { Finding } from '../domain/finding.ts';
import { importRecipients } from '../import-recipients.ts';

/** Rows that are imported in one commit: many enough for the database, few enough for the event tails. */
const BATCH = 500;
const ROW_BYTES_MAX = 64 * 1024;
/** A sender that says nothing for this long is gone. */
const SILENCE_MS_MAX = 30_000;

/** A row, or what is wrong with it. */
type Row = ImportRow | Finding[];

export function importFile(deps: RecipientsWork): Upload {
  return {
    path: '/recipients/import',
    async handle(principal, request, response) {
      requireScope(principal, 'recipients:write');
      const rows = rowsOf(request);
      request.setTimeout(SILENCE_MS_MAX, () => request.destroy());
      response.writeHead(200, { 'content-type': 'application/x-ndjson; charset=utf-8' });
      const counts = { CREATED: 0, UPDATED: 0, UNCHANGED: 0, REFUSED: 0 };
      let error: object | null = null;
      try {
        let batch: Row[] = [];
        let done = 0;
        const flush = async () => {
          const lines = await importBatch(deps, principal, batch, done);
          done += batch.length;
          batch = [];
          for (const line of lines) {
            counts[line.outcome] += 1;
            await writeLine(response, line);
          }
        };
        for await (const row of rows) {
          batch.push(row);
          if (batch.length === BATCH) await flush();
        }
        if (batch.length > 0) await flush();
      } catch (fault) {
        // What was imported stays, and the same file can be sent again. A sender who went away reads nothing.
        const incidentId = fault instanceof ApiError ? null : deps.newUuid();
        if (incidentId !== null) deps.log.error({ incidentId, err: fault }, 'import failed');
        error = (errorAnswer(fault, incidentId).json ?? {}) as object;
      }
      // Without this last line the answer is not whole.
      await writeLine(response, { isComplete: error === null, counts, error });
      response.end();
    },
  };
}

async function importBatch(
  deps: RecipientsWork,
  { tenantId, expiresAt }: Principal,
  batch: readonly Row[],
  before: number,
) {
  if (deps.clock.now() >= expiresAt * 1_000) {
    throw new ApiError('UNAUTHENTICATED', 'The token ran out on the way.');
  }
  const good = batch.flatMap((row) => (Array.isArray(row) ? [] : [row]));
  const imported = good.length === 0 ? [] : await importRecipients(deps, tenantId, good);
  const results = imported.values();
  return batch.map((row, index) => {
    const number = before + index + 1;
    const result = Array.isArray(row) ? undefined : results.next().value;
    if (result === undefined) {
      const errors = Array.isArray(row) ? row : [];
      return {
        row: number,
        outcome: 'REFUSED' as const,
        recipientId: null,
        errors: errors.map(({ path, sentence }) => ({ path, message: sentence })),
      };
    }
    return {
      row: number,
      outcome: result.outcome,
      recipientId: result.recipientId && publicId('recipient', result.recipientId),
      errors: result.errors.map(({ path, message }) => ({ path, message })),
    };
  });
}

function rowsOf(request: IncomingMessage): AsyncIterable<Row> {
  const [type = ''] = (request.headers['content-type'] ?? '').split(';');
  switch (type.trim().toLowerCase()) {
    case 'application/x-ndjson':
    case 'application/jsonl':
      return jsonRows(request);
    case 'text/csv':
      return csvRows(request);
    default:
      throw new HttpRefusal(415, 'Send application/x-ndjson or text/csv.', {
        accept: 'application/x-ndjson, text/csv',
      });
  }
}

async function* jsonRows(request: IncomingMessage): AsyncGenerator<Row, undefined, undefined> {
  const lines = readLines(request as AsyncIterable<Buffer>, ROW_BYTES_MAX, rowTooLarge);
  for await (const line of lines) {
    if (line.trim() === '') continue;
    let value: unknown;
    try {
      value = JSON.parse(line);
    } catch {
      yield [{ path: [], sentence: 'This line is not JSON.' }];
      continue;
    }
    yield readImportRow(value);
  }
}

async function* csvRows(request: IncomingMessage): AsyncGenerator<Row, undefined, undefined> {
  const records = request.pipe(
    parse({ columns: true, bom: true, skip_empty_lines: true, max_record_size: ROW_BYTES_MAX }),
  );
  // `pipe` does not tell of a sender who broke off.
  request.once('error', (error) => records.destroy(error));
  request.once('aborted', () => records.destroy(new HttpRefusal(400, 'The body broke off.')));
  try {
    for await (const cells of records as AsyncIterable<Record<string, string>>) {
      yield readImportRow(rowOfCells(cells));
    }
  } catch (error) {
    // The message quotes the line, which holds personal data.
    if (error instanceof CsvError) {
      throw new ApiError('BAD_USER_INPUT', 'The file is not well-formed CSV.', { csv: error.code });
    }
    throw error;
  }
}

const rowTooLarge = () =>
  new ApiError('PAYLOAD_TOO_LARGE', `A row may have ${ROW_BYTES_MAX} bytes.`, {
    maxBytes: ROW_BYTES_MAX,
  });
