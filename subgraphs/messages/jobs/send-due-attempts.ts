// One loop a provider: claims due attempts while there is room, and hands them over side by side.
import { createLoop, type Job } from '../../../platform/loop.ts';
import type { Provider } from '../../../providers/provider.ts';
import { claimAttempts } from '../claim-attempts.ts';
import type { MessagesDeps } from '../deps.ts';
import { createKeepEnvelope, sendAttempt, type RecordHappening } from '../send-attempt.ts';
import type { TemplateCache } from '../store/find-template.ts';

const CLAIM_MAX = 100;

export function sendDueAttempts(
  deps: MessagesDeps,
  templates: TemplateCache,
  record: RecordHappening,
  provider: Provider,
): Job {
  const tools = { provider, record, keepEnvelope: createKeepEnvelope(deps) };
  const underWay = new Set<Promise<void>>();
  const loop = createLoop({
    name: `send-due-attempts/${provider.id}`,
    bus: deps.bus,
    topics: ['tasks:messages'],
    pollMs: deps.settings.pollMs,
    log: deps.log,
    round: async () => {
      const room = Math.min(CLAIM_MAX, deps.settings.sendsMax - underWay.size);
      if (room <= 0) {
        await Promise.race(underWay);
        return true;
      }
      const claimed = await claimAttempts(deps, templates, { provider, limit: room });
      for (const attempt of claimed) {
        const sending = sendAttempt(deps, tools, attempt).finally(() => underWay.delete(sending));
        underWay.add(sending);
      }
      return claimed.length === room;
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
