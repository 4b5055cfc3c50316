// A worker that stands still between its claim and the hand-over, on a real database.
import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';
import type { ClaimedAttempt } from '../../subgraphs/messages/claim-attempts.ts';
import {
  createKeepEnvelope,
  createRecordHappening,
  handOver,
  recordOutcome,
} from '../../subgraphs/messages/send-attempt.ts';
import { serveLane } from '../../subgraphs/messages/serve-lane.ts';
import { TemplateCache } from '../../subgraphs/messages/store/find-template.ts';
import { createCountOutcomes } from '../../subgraphs/messages/watch-lanes.ts';
import { keyOf, scripted, startSending, type Sending } from '../support/sending.ts';

const rcs = scripted('rcs-carrier', 'RCS');
let sending: Sending;

beforeAll(async () => {
  sending = await startSending([rcs]);
});
afterAll(() => sending.close());
beforeEach(() => {
  rcs.taken.length = 0;
});

/** A worker whose process stops after the claim, and goes on when so many milliseconds have passed. */
async function stalledRound(stalledMs: number, meanwhile = async () => {}): Promise<void> {
  let passedMs = 0;
  const clock = { now: () => sending.deps.clock.now() + passedMs };
  const deps = { ...sending.deps, clock };
  const templates = new TemplateCache();
  const record = createRecordHappening(deps, templates, createCountOutcomes(deps));
  const tools = { provider: rcs, keepEnvelope: createKeepEnvelope(deps) };
  const work = { deps, templates, provider: rcs, show: () => undefined, limit: 10 };
  const { attempts } = await serveLane(work);
  await meanwhile();
  passedMs = stalledMs;
  const send = async (attempt: ClaimedAttempt) =>
    recordOutcome(deps, record, attempt, await handOver(deps, tools, attempt));
  await Promise.all(attempts.map(send));
}

const attemptsOf = async (id: string) => (await sending.message(id)).attempts;

it('hands nothing over when it goes on, and the attempt is claimed anew', async () => {
  const [id = ''] = await sending.send('only', 1);
  await stalledRound(sending.deps.settings.providerTimeoutMs + 1);
  expect(rcs.taken).toEqual([]);
  expect(await attemptsOf(id)).toMatchObject([{ state: 'PLANNED', tries: 0 }]);
  expect(sending.lines()).toContainEqual(
    expect.objectContaining({ msg: 'attempt withheld', messageId: keyOf(id) }),
  );
  expect(await sending.worker().round(rcs)).toMatchObject({ handedOver: 1 });
  expect(await attemptsOf(id)).toMatchObject([{ state: 'SENT', tries: 1 }]);
});

it('changes nothing when another worker has claimed the attempt and handed it over', async () => {
  const [id = ''] = await sending.send('only', 1);
  await stalledRound(60_000, async () => {
    await sending.people.sql('update messages.task set due_at = now()');
    await sending.worker().round(rcs);
  });
  expect(rcs.taken).toHaveLength(1);
  expect(await attemptsOf(id)).toMatchObject([{ state: 'SENT', tries: 2 }]);
});

it('hands over what it claimed a moment ago', async () => {
  await sending.send('only', 1);
  await stalledRound(sending.deps.settings.providerTimeoutMs / 2);
  expect(rcs.taken).toHaveLength(1);
});
