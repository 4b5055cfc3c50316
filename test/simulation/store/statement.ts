// How the statements of the engine are known: each by how its text begins, with what it does to the rows in memory.
import type { Store } from './store.ts';

export interface Execution {
  readonly store: Store;
  readonly sql: string;
  readonly values: readonly unknown[];
  /** The database's clock. */
  readonly now: number;
}

export interface Statement {
  /** On the text with single spaces. */
  readonly text: RegExp;
  run(execution: Execution): readonly object[];
}

/** The rows of `unnest($1, $2, ...)`, from the first of the named parameters on. */
export function unnest<Row>(values: readonly unknown[], columns: readonly (keyof Row)[]): Row[] {
  const [first] = values as readonly unknown[][];
  return (first ?? []).map(
    (_, place) =>
      Object.fromEntries(
        columns.map((column, index) => [column, (values[index] as unknown[])[place]]),
      ) as Row,
  );
}

export const keyOf = (tenantId: string, id: string): string => `${tenantId} ${id}`;

export const byText =
  <Row>(of: (row: Row) => string) =>
  (a: Row, b: Row): number =>
    of(a) < of(b) ? -1 : of(a) > of(b) ? 1 : 0;

export const timeOf = (iso: string | null): number | null =>
  iso === null ? null : Date.parse(iso);
