// The door for files of people: POST /recipients/import, NDJSON or CSV, answered with a line for each row.
import type { IncomingMessage } from 'node:http';
import { CsvError, parse } from 'csv-parse';
import { ApiError } from '../../../platform/errors.ts';
import { HttpRefusal } from '../../../platform/http-message.ts';
import { requireScope } from '../../../platform/principal.ts';
import { answerInLines, mediaTypeOf, readLines, type Upload } from '../../../platform/upload.ts';
import { publicId } from '../../../schema/ids.ts';
import type { RecipientsWork } from '../deps.ts';
import { readImportRow, rowOfCells, type ImportRow } from '../domain/import-row.ts';
import type { Finding } from '../domain/finding.ts';
import { importRecipients } from '../import-recipients.ts';

/** Rows that are imported in one commit: many enough for the database, few enough for the event tails. */
const BATCH = 500;
const ROW_BYTES_MAX = 64 * 1024;

/** A row, or what is wrong with it. */
type Row = ImportRow | Finding[];

export function importFile(deps: RecipientsWork): Upload {
  return {
    path: '/recipients/import',
    async handle(exchange) {
      const { principal, request } = exchange;
      requireScope(principal, 'recipients:write');
      const counts = { CREATED: 0, UPDATED: 0, UNCHANGED: 0, REFUSED: 0 };
      await answerInLines(deps, exchange, {
        rows: rowsOf(request),
        batchMax: BATCH,
        work: async (batch: readonly Row[], before) => {
          const lines = await importBatch(deps, principal.tenantId, batch, before);
          for (const { outcome } of lines) counts[outcome] += 1;
          return lines;
        },
        counts: () => counts,
      });
    },
  };
}

async function importBatch(
  deps: RecipientsWork,
  tenantId: string,
  batch: readonly Row[],
  before: number,
) {
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
  switch (mediaTypeOf(request)) {
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
