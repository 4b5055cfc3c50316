// Pages of a list of which a scan keeps only some: full where that is possible, and always a way on.
import { describe, expect, test } from '@jest/globals';
import { fillPage, type PageRequest, type Scan } from '../../../platform/page.ts';

/** Looks at the numbers up to `length`, and keeps those that `keeps` says; counts what it looked at. */
function scanner(length: number, keeps: (n: number) => boolean) {
  const limits: number[] = [];
  const scan = async (after: string | null, limit: number): Promise<Scan<number>> => {
    limits.push(limit);
    const from = after === null ? 1 : Number(after) + 1;
    const seen = Array.from({ length: limit }, (_, n) => from + n).filter((n) => n <= length);
    return { nodes: seen.filter(keeps), next: seen.length < limit ? null : String(seen.at(-1)) };
  };
  return { scan, limits };
}

const position = (cursor: string | null): string | null =>
  cursor === null ? null : Buffer.from(cursor, 'base64url').toString();

/** Every node, page by page, and how many pages there were. */
async function readAll(first: number, scan: ReturnType<typeof scanner>['scan']) {
  const nodes: number[] = [];
  let page: PageRequest = { first, after: null };
  for (let pages = 1; ; pages += 1) {
    const { edges, pageInfo } = await fillPage(page, scan, String);
    expect(edges.length).toBeLessThanOrEqual(first);
    nodes.push(...edges.map(({ node }) => node));
    if (!pageInfo.hasNextPage) return { nodes, pages };
    page = { first, after: position(pageInfo.endCursor) };
  }
}

describe('a page', () => {
  test.each([
    ['of which everything is kept', 1, () => true],
    ['of which every seventh is kept', 3, (n: number) => n % 7 === 0],
    ['of which only the last is kept', 10, (n: number) => n === 100],
    ['of which nothing is kept', 10, () => false],
  ] as const)('by page, a list %s is read whole, each once', async (_, first, keeps) => {
    const { scan } = scanner(100, keeps);
    const { nodes } = await readAll(first, scan);
    expect(nodes).toEqual(Array.from({ length: 100 }, (__, n) => n + 1).filter(keeps));
  });

  test('is full where enough is kept, though a look finds too few', async () => {
    const { scan } = scanner(1_000, (n) => n % 10 === 0);
    const { edges, pageInfo } = await fillPage({ first: 5, after: null }, scan, String);
    expect(edges.map(({ node }) => node)).toEqual([10, 20, 30, 40, 50]);
    expect(pageInfo).toMatchObject({ hasNextPage: true, hasPreviousPage: false });
  });

  test('is short after eight looks, and goes on behind all that was looked at', async () => {
    const { scan, limits } = scanner(1_000_000, (n) => n === 5);
    const { edges, pageInfo } = await fillPage({ first: 100, after: null }, scan, String);
    expect(edges.map(({ node }) => node)).toEqual([5]);
    expect(limits).toEqual([101, 202, 404, 808, 1_000, 1_000, 1_000, 1_000]);
    expect(pageInfo.hasNextPage).toBe(true);
    expect(position(pageInfo.endCursor)).toBe('5515');
  });
});
