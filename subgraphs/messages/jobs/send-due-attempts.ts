// One loop a provider: claims due attempts while there is room, and hands them over side by side.
import { createLoop, type Job } from '../../../platform/loop.ts';
import type { Provider } from '../../../providers/provider.ts';
import type { MessagesDeps } from '../deps.ts';
import {
  createKeepEnvelope,
  handOver,
  recordOutcome,
  type RecordHappening,
} from '../send-attempt.ts';
import { serveLane } from '../serve-lane.ts';
import type { ShowLane } from '../show-lanes.ts';
import type { TemplateCache } from '../store/find-template.ts';

const CLAIM_MAX = 100;

export function sendDueAttempts(
  deps: MessagesDeps,
  templates: TemplateCache,
  record: RecordHappening,
  show: ShowLane,
  provider: Provider,
): Job {
  const tools = { provider, keepEnvelope: createKeepEnvelope(deps) };
  const { sendsMax } = deps.settings;
  const atProvider = new Set<Promise<unknown>>();
  /** Those at the provider, and those whose outcome is being recorded. */
  const underWay = new Set<Promise<void>>();
  const loop = createLoop({
    name: `send-due-attempts/${provider.id}`,
    bus: deps.bus,
    topics: ['tasks:messages'],
    pollMs: deps.settings.pollMs,
    log: deps.log,
    round: async () => {
      const places = provider.sendsMax - atProvider.size;
      const room = Math.min(CLAIM_MAX, sendsMax - underWay.size, places);
      if (room <= 0) {
        await Promise.race(places <= 0 ? atProvider : underWay);
        return true;
      }
      const { attempts, next } = await serveLane({ deps, templates, provider, show, limit: room });
      for (const attempt of attempts) {
        const answer = handOver(deps, tools, attempt).finally(() => atProvider.delete(answer));
        const sending = answer
          .then((happening) => recordOutcome(deps, record, attempt, happening))
          .finally(() => underWay.delete(sending));
        atProvider.add(answer);
        underWay.add(sending);
      }
      return next;
    },
  });
  return {
    ...loop,
    async stop() {
      await loop.stop();
      await Promise.all(underWay);
    },
  };
}
