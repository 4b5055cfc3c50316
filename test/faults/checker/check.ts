// Holds histories against the promises: what was broken, and how much there was to break.
import { accountOf } from './account.ts';
import type { HistoryLine } from './history.ts';
import { rules, type Limits, type Rule, type Violation } from './rules.ts';

export interface Verdict {
  readonly violations: readonly Violation[];
  /** Lines by kind: a run in which nothing happened keeps every promise. */
  readonly counts: Readonly<Partial<Record<HistoryLine['k'], number>>>;
}

export function checkHistory(lines: readonly HistoryLine[], limits: Limits): Verdict {
  const account = accountOf(lines);
  const names = Object.keys(rules) as Rule[];
  const violations = names.flatMap((rule) =>
    rules[rule](account, limits).map((broken): Violation => ({ rule, ...broken })),
  );
  const kinds = Map.groupBy(lines, ({ k }) => k);
  const counts = Object.fromEntries([...kinds].map(([kind, same]) => [kind, same.length]));
  return { violations, counts };
}
