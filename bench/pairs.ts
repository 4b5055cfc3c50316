// Two servers under the same load in turn: A B B A, so that what drifts on the machine falls on both alike.
import { ratios, round } from './figures.ts';
import type { Bed, Json } from './processes.ts';

const CONNECTIONS = 32;
const SECONDS = 4;
const PAIRS = 4;

export interface Comparison {
  readonly ratio: number;
  readonly range: readonly [number, number];
  readonly ours: readonly Json[];
  readonly reference: readonly Json[];
}

/** ours, reference: arguments of load.ts. Both are warmed before. */
export async function compare(bed: Bed, ours: object, reference: object): Promise<Comparison> {
  await measure(bed, ours);
  await measure(bed, reference);
  const [mine, theirs]: [Json[], Json[]] = [[], []];
  for (let pair = 0; pair < PAIRS; pair += 1) {
    const order = pair % 2 === 0 ? [ours, reference] : [reference, ours];
    for (const load of order) (load === ours ? mine : theirs).push(await measure(bed, load));
  }
  const { median, low, high } = ratios(mine.map(perSecond), theirs.map(perSecond));
  return { ratio: round(median), range: [round(low), round(high)], ours: mine, reference: theirs };
}

const perSecond = (result: Json): number => result.perSecond as number;

async function measure(bed: Bed, load: object): Promise<Json> {
  const argument = { ...load, seconds: SECONDS, connections: CONNECTIONS };
  const { ready } = await bed.start('bench/load.js', argument);
  if (ready.wrong !== null) throw new Error(`void: ${ready.wrong}`);
  return { perSecond: ready.perSecond, p50: ready.p50, p99: ready.p99 };
}
