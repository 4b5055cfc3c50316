// Pages of long lists: what a caller may ask for, and how rows become edges with cursors that inserts do not move.
import { ApiError } from './errors.ts';

export const PAGE_DEFAULT = 50;
export const PAGE_MAX = 100;

/** A page as it was asked for: rows behind a position, as many as fit. */
export interface PageRequest {
  readonly first: number;
  /** What stands in the cursor; null: from the beginning. */
  readonly after: string | null;
}

export interface Page<Node> {
  readonly edges: readonly { readonly node: Node; readonly cursor: string }[];
  readonly pageInfo: {
    readonly hasNextPage: boolean;
    readonly hasPreviousPage: boolean;
    readonly startCursor: string | null;
    readonly endCursor: string | null;
  };
}

/** Throws BAD_USER_INPUT for a page that is too small or too large, and for a cursor that is none of this list's.
 *  isPosition: whether a text is a position of the list. */
export function readPage(
  first: number | null | undefined,
  after: string | null | undefined,
  isPosition: (text: string) => boolean,
): PageRequest {
  const count = first ?? PAGE_DEFAULT;
  if (count < 1 || count > PAGE_MAX) {
    const sentence = `first lies between 1 and ${PAGE_MAX}.`;
    throw new ApiError('BAD_USER_INPUT', sentence, { path: ['first'], max: PAGE_MAX });
  }
  const position = after ? Buffer.from(after, 'base64url').toString() : null;
  if (position !== null && !isPosition(position)) {
    throw new ApiError('BAD_USER_INPUT', 'after is no cursor of this list.', { path: ['after'] });
  }
  return { first: count, after: position };
}

/** rows: one more than the page has room for, where there is one more. */
export function pageOf<Node>(
  rows: readonly Node[],
  { first, after }: PageRequest,
  positionOf: (node: Node) => string,
): Page<Node> {
  const edges = rows.slice(0, first).map((node) => {
    return { node, cursor: Buffer.from(positionOf(node)).toString('base64url') };
  });
  return {
    edges,
    pageInfo: {
      hasNextPage: rows.length > first,
      hasPreviousPage: after !== null,
      startCursor: edges[0]?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    },
  };
}

/** One look at a list: what was kept of it, and where to look on; null when the list is over. */
export interface Scan<Node> {
  readonly nodes: readonly Node[];
  readonly next: string | null;
}

const SCAN_MAX = 1_000;
const SCANS_MAX = 8;

/** A page of a list of which a scan keeps only some. Looks on, at more each time, until the page is full, the list is over
 *  or enough was looked at: such a page is short, and its `endCursor` goes on behind all that was looked at. */
export async function fillPage<Node>(
  page: PageRequest,
  scan: (after: string | null, limit: number) => Promise<Scan<Node>>,
  positionOf: (node: Node) => string,
): Promise<Page<Node>> {
  const kept: Node[] = [];
  let next = page.after;
  let limit = page.first + 1;
  for (let scans = 0; scans < SCANS_MAX; scans += 1) {
    const found = await scan(next, limit);
    kept.push(...found.nodes);
    next = found.next;
    if (next === null || kept.length > page.first) return pageOf(kept, page, positionOf);
    limit = Math.min(limit * 2, SCAN_MAX);
  }
  const { edges, pageInfo } = pageOf(kept, page, positionOf);
  return { edges, pageInfo: { ...pageInfo, hasNextPage: true, endCursor: cursorOf(next) } };
}

function cursorOf(position: string | null): string | null {
  return position === null ? null : Buffer.from(position).toString('base64url');
}
