// Replies over the carriers' wires for tests: taken at delivery's door, read by its job, and followed by consent's.
import { expect } from '@jest/globals';
import { definitions } from '../../parts.ts';
import { Database } from '../../platform/database.ts';
import { createMetrics } from '../../platform/metrics.ts';
import { roleUrl } from '../../platform/migrate.ts';
import { createUuidV7 } from '../../platform/uuid-v7.ts';
import type { RawCallback } from '../../providers/provider.ts';
import type { ConsentDeps } from '../../subgraphs/consent/deps.ts';
import { followReplies } from '../../subgraphs/consent/jobs/follow-replies.ts';
import { CallbackVault } from '../../subgraphs/delivery/callback-vault.ts';
import type { DeliveryDeps } from '../../subgraphs/delivery/context.ts';
import { ANSWER_WINDOW_HOURS, LAPSE_HOURS } from '../../subgraphs/delivery/domain/conversation.ts';
import {
  CONVERSATION_ENTRY_DAYS,
  RAW_CALLBACK_DAYS,
} from '../../subgraphs/delivery/domain/retention.ts';
import { normaliseCallbacks } from '../../subgraphs/delivery/jobs/normalise-callbacks.ts';
import { createTakeCallback } from '../../subgraphs/delivery/take-callback.ts';
import { consentSubjects, deviceOwners } from '../../subgraphs/recipients/facts.ts';
import { createPersonKeys } from '../../subgraphs/recipients/person-keys.ts';
import { createPseudonyms } from '../../subgraphs/recipients/pseudonyms.ts';
import { startHarness } from './carrier-harness.ts';
import { openOutside } from './outside.ts';
import { caughtUp, ran } from './jobs.ts';
import { CONSENT_SETTINGS, startPeople } from './people.ts';
import { recordingLog } from './recording-log.ts';

/** A callback as the platform's door got it. */
interface WiredCallback {
  readonly provider: string;
  readonly raw: RawCallback;
}

export type Replies = Awaited<ReturnType<typeof startReplies>>;

export async function startReplies() {
  const { log, lines } = recordingLog();
  const carriers = await startHarness();
  const people = await startPeople();
  const statements: string[] = [];
  const database = await Database.open({
    url: roleUrl(people.url, 'delivery'),
    schema: 'delivery',
    tables: definitions.delivery.tables,
    connectionsMax: 4,
    log,
    onStatement: (sql) => statements.push(sql),
  });
  const { clock, kms } = people;
  const { rbm, twilio, smpp } = carriers;
  const deps: DeliveryDeps = {
    database,
    ports: { ...createPseudonyms({ kms }), personKeys: createPersonKeys(people.work) },
    providers: new Map([rbm, twilio, smpp].map((provider) => [provider.id, provider])),
    kms,
    bus: people.work.bus,
    clock,
    newUuid: createUuidV7(clock),
    settings: {
      pollMs: 20,
      callbackBaseUrl: '',
      callbackMaxBytes: 65_536,
      streamBufferMax: 10,
      rawCallbackDays: RAW_CALLBACK_DAYS,
      conversationEntryDays: CONVERSATION_ENTRY_DAYS,
      answerWindowHours: ANSWER_WINDOW_HOURS,
      openLapseHours: LAPSE_HOURS.OPEN,
      waitingLapseHours: LAPSE_HOURS.AWAITING_AGENT,
    },
    log,
    metrics: createMetrics({ withProcess: false }),
  };
  const consentDeps: ConsentDeps = {
    ...deps,
    database: people.databases.consent,
    ports: { ...createPseudonyms(people), consentSubjects, deviceOwners },
    random: Math.random,
    outside: openOutside(),
    settings: { ...CONSENT_SETTINGS, checkpointMs: 60_000 },
  };
  const vault = new CallbackVault(deps);

  const wired = async (act: object): Promise<WiredCallback> => {
    const before = carriers.taken.length;
    carriers.carrier.control.inbound({ ...act });
    await carriers.until((taken) => taken.length > before);
    const callback = carriers.taken[before];
    if (callback === undefined) throw new Error('nothing came');
    return callback;
  };
  const taken = async ({ provider, raw }: WiredCallback): Promise<void> => {
    const found = deps.providers.get(provider);
    if (found === undefined) throw new Error(`there is no provider ${provider}`);
    expect(await createTakeCallback(deps, vault)(found, raw)).toEqual({ kind: 'kept' });
  };
  const normalised = () =>
    ran(
      people,
      normaliseCallbacks(deps, vault),
      `select 1 from delivery.raw_callback where state = 'NEW'`,
    );
  const followed = () =>
    caughtUp(people, followReplies(consentDeps), { name: 'replies', source: 'delivery' });
  return {
    people,
    deps,
    lines,
    /** Every statement of delivery's role. Tests empty it and count. */
    statements,
    newUuid: deps.newUuid,
    /** What a person does goes over the carrier's wire. */
    wired,
    /** Delivery's door takes it. */
    taken,
    normalised,
    followed,
    /** A person does it, and everything that follows has happened; time goes on. */
    async person(act: object): Promise<void> {
      await taken(await wired(act));
      await normalised();
      await followed();
      clock.time += 600_000;
    },
    async close(): Promise<void> {
      await database.close();
      await people.close();
      await carriers.close();
    },
  };
}
