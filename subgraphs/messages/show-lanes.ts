// Shows providers' lanes in the metrics, as this worker saw each of them last.
import type { Metrics } from '../../platform/metrics.ts';
import type { Provider } from '../../providers/provider.ts';
import { tokensOf, type Lane } from './domain/lane.ts';

/** `now` is when the lane was so, on its own clock. */
export type ShowLane = (provider: Provider, lane: Lane, now: number) => void;

export function createShowLane(metrics: Metrics, providers: readonly Provider[]): ShowLane {
  const labels = { provider: providers.map(({ id }) => id) };
  const open = metrics.level('provider_lane_open', '1: the provider is left alone.', labels);
  const paused = metrics.level('provider_lane_paused', '1: it asked for a pause.', labels);
  const tokens = metrics.level('provider_lane_tokens', 'Messages it takes now.', labels);
  return (provider, lane, now) => {
    const values = { provider: provider.id };
    open(values, lane.openUntil === null ? 0 : 1);
    paused(values, now < (lane.pausedUntil ?? 0) ? 1 : 0);
    if (provider.rate !== null) tokens(values, tokensOf(lane, provider.rate, now));
  };
}
