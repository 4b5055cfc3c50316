// Where new records stand in their tenant's Merkle log, and what the log becomes by them.
import {
  appendLeaf,
  EMPTY_LOG,
  leafHash,
  type HashedLogNode,
  type LogFrontier,
} from '../../crypto/merkle-log.ts';
import type { ConsentRecord, LoggedRecord } from './domain/consent-record.ts';
import { receiptOf } from './domain/receipt.ts';
import type { LogGrowth } from './store/log-nodes.ts';

export function placeInLog(before: LogFrontier, records: readonly ConsentRecord[]): LogGrowth {
  const nodes: HashedLogNode[] = [];
  let frontier = before;
  const placed = records.map((record): LoggedRecord => {
    const leaf = leafOf(record);
    const logIndex = frontier.size;
    const grown = appendLeaf(frontier, leaf);
    nodes.push(...grown.nodes.slice(1));
    frontier = grown.frontier;
    return { ...record, logIndex, leafHash: leaf };
  });
  return { placed, nodes, frontier };
}

/** The log of these records alone. */
export const logOf = (records: readonly ConsentRecord[]): LogGrowth =>
  placeInLog(EMPTY_LOG, records);

/** The hash under which a record stands in the log (32 bytes). */
export function leafOf(record: ConsentRecord): Buffer {
  return leafHash(Buffer.from(receiptOf(record)));
}
