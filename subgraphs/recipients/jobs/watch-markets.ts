// Watches whether a market breaks down, and tells the log once a day: a carrier's trouble wants a person.
import { createLoop, type Job } from '../../../platform/loop.ts';
import type { RecipientsWork } from '../deps.ts';
import { dropsIn } from '../domain/market-drop.ts';
import { loadMarketDays } from '../store/outcomes.ts';

const POLL_MS = 600_000;
const DAY_MS = 86_400_000;
const CHANNEL = 'RCS';

export function watchMarkets(deps: RecipientsWork): Job {
  const look = createMarketWatch(deps);
  return createLoop({
    name: 'recipients/watch-markets',
    bus: deps.bus,
    topics: [],
    pollMs: POLL_MS,
    log: deps.log,
    round: async () => {
      await look();
      return false;
    },
  });
}

/** One look at all markets; what was told today is not told again. */
export function createMarketWatch({ database, clock, log }: RecipientsWork): () => Promise<void> {
  const told = new Set<string>();
  let day = 0;
  return async () => {
    const now = clock.now();
    const today = Math.floor(now / DAY_MS);
    if (today !== day) told.clear();
    day = today;
    const markets = await database.acrossTenants((tx) =>
      loadMarketDays(tx, null, { channel: CHANNEL, now }),
    );
    for (const [tenantId, ofTenant] of Map.groupBy(markets, (market) => market.tenantId)) {
      for (const drop of dropsIn(ofTenant)) {
        const market = JSON.stringify([tenantId, drop.region, drop.carrier]);
        if (told.has(market)) continue;
        told.add(market);
        log.warn({ tenantId, channel: CHANNEL, ...drop }, 'capability dropped');
      }
    }
  };
}
