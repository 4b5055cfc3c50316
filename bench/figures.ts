// How figures are made of pairs: medians of ratios with their range, and quantiles of latencies.

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

/** The ratio of each pair: the median, and the lowest and highest. */
export function ratios(ours: readonly number[], reference: readonly number[]) {
  const each = ours.map((value, index) => value / (reference[index] ?? Number.NaN));
  return { median: median(each), low: Math.min(...each), high: Math.max(...each) };
}

export const round = (value: number, digits = 2): number => Number(value.toFixed(digits));

/** A line for people and one for programs. */
export function report(id: string, target: string, figures: object): void {
  const text = Object.entries(figures).map(
    ([name, value]) => `  ${name}: ${JSON.stringify(value)}`,
  );
  process.stdout.write(`${id}  (target ${target})\n${text.join('\n')}\n`);
  process.stdout.write(`${JSON.stringify({ id, target, node: process.version, ...figures })}\n\n`);
}
