// A market whose people are suddenly not reached any more: a carrier's trouble, and not that of single phones.

/** Deliveries to people who were believed to be capable, in one market. */
export interface MarketDays {
  readonly region: string | null;
  readonly carrier: string | null;
  /** Today. */
  readonly reachedCount: number;
  readonly triedCount: number;
  /** In the seven days before. */
  readonly reachedCountBefore: number;
  readonly triedCountBefore: number;
}

export interface MarketDrop {
  readonly region: string | null;
  readonly carrier: string | null;
  /** From 0 to 1. */
  readonly reachedShare: number;
  readonly reachedShareBefore: number;
  readonly triedCount: number;
}

/** Fewer deliveries say nothing: of 50, a fifth is at least 2.8 standard deviations of the share. */
const TRIED_MIN = 50;
/** How much of the share has to be gone. */
const DROP_MIN = 0.2;

/** Those of the markets whose share fell by a fifth of all deliveries or more. */
export function dropsIn(markets: readonly MarketDays[]): MarketDrop[] {
  return markets.flatMap(({ region, carrier, triedCount, ...counts }) => {
    if (triedCount < TRIED_MIN || counts.triedCountBefore < TRIED_MIN) return [];
    const reachedShare = counts.reachedCount / triedCount;
    const reachedShareBefore = counts.reachedCountBefore / counts.triedCountBefore;
    const dropped = reachedShareBefore - reachedShare >= DROP_MIN;
    return dropped ? [{ region, carrier, reachedShare, reachedShareBefore, triedCount }] : [];
  });
}
