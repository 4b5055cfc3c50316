// Workers for tests: rounds by hand, or the job that serves a provider.
import type { Job } from '../../platform/loop.ts';
import { createMetrics } from '../../platform/metrics.ts';
import type { Provider } from '../../providers/provider.ts';
import type { ClaimedAttempt } from '../../subgraphs/messages/claim-attempts.ts';
import type { MessagesDeps } from '../../subgraphs/messages/deps.ts';
import { sendDueAttempts } from '../../subgraphs/messages/jobs/send-due-attempts.ts';
import {
  createKeepEnvelope,
  createRecordHappening,
  handOver,
  recordOutcome,
} from '../../subgraphs/messages/send-attempt.ts';
import { serveLane } from '../../subgraphs/messages/serve-lane.ts';
import { createShowLane } from '../../subgraphs/messages/show-lanes.ts';
import { TemplateCache } from '../../subgraphs/messages/store/find-template.ts';
import { createCountOutcomes } from '../../subgraphs/messages/watch-lanes.ts';

/** Attempts that a round claims at the most. */
const LIMIT = 100;

/** One round of a worker: what it handed over, and when it wants to come back. */
export interface Round {
  readonly handedOver: number;
  readonly next: boolean | number;
}

export interface Worker {
  round(provider: Provider): Promise<Round>;
  /** What it shows. */
  metrics(): Promise<string>;
}

/** Works round by round, with nothing in memory. */
export function workerOf(common: MessagesDeps): Worker {
  const metrics = createMetrics({ withProcess: false });
  const deps = { ...common, metrics };
  const templates = new TemplateCache();
  const show = createShowLane(metrics, [...deps.providers.values()]);
  const record = createRecordHappening(deps, templates, createCountOutcomes(deps));
  const keepEnvelope = createKeepEnvelope(deps);
  return {
    async round(provider) {
      const work = { deps, templates, provider, show, limit: LIMIT };
      const { attempts, next } = await serveLane(work);
      const tools = { provider, keepEnvelope };
      const send = async (attempt: ClaimedAttempt) =>
        recordOutcome(deps, record, attempt, await handOver(deps, tools, attempt));
      await Promise.all(attempts.map(send));
      return { handedOver: attempts.length, next };
    },
    metrics: async () => String((await metrics.route.handle({} as never)).body),
  };
}

/** The job of a worker that serves this provider by itself. */
export function jobOf(deps: MessagesDeps, provider: Provider): Job {
  const templates = new TemplateCache();
  const show = createShowLane(createMetrics({ withProcess: false }), [provider]);
  const record = createRecordHappening(deps, templates, createCountOutcomes(deps));
  return sendDueAttempts(deps, templates, record, show, provider);
}
