// Replies over the carriers' wires for tests: taken at delivery's door, read by its job, and followed by consent's.
import { expect } from '@jest/globals';
import type { RawCallback } from '../../providers/provider.ts';
import type { ConsentDeps } from '../../subgraphs/consent/deps.ts';
import { followReplies } from '../../subgraphs/consent/jobs/follow-replies.ts';
import { CallbackVault } from '../../subgraphs/delivery/callback-vault.ts';
import { normaliseCallbacks } from '../../subgraphs/delivery/jobs/normalise-callbacks.ts';
import { createTakeCallback } from '../../subgraphs/delivery/take-callback.ts';
import { consentSubjects, deviceOwners } from '../../subgraphs/recipients/facts.ts';
import { createPseudonyms } from '../../subgraphs/recipients/pseudonyms.ts';
import { startHarness } from './carrier-harness.ts';
import { openOutside } from './outside.ts';
import { openDelivery } from './delivery.ts';
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
  const { rbm, twilio, smpp } = carriers;
  const deps = await openDelivery(people, [rbm, twilio, smpp], {
    log,
    onStatement: (sql) => statements.push(sql),
  });
  const { database } = deps;
  const { clock } = people;
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
    smpp,
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
