// What every fault test stands on: a platform of real processes, people, histories that are kept, and the check at the end.
import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from '@jest/globals';
import type { Carrier } from '../../simulator/index.ts';
import { smtpVariables } from '../../simulator/variables.ts';
import { startParley, type Parley, type Surroundings, type Topology } from '../support/parley.ts';
import { checkHistory, type Verdict } from './checker/check.ts';
import { parseHistories } from './checker/history.ts';
import { follow } from './follow.ts';
import { KEPT } from './kept.ts';
import { gatherPeople, TENANTS, type Person } from './people.ts';
import { drain, readBack } from './read-back.ts';
import { createRecorder, type Recorder } from './recorder.ts';

export interface Bed {
  readonly parley: Parley;
  readonly history: Recorder;
  /** Those who stay, and those whose consent is withdrawn in the run. */
  readonly people: readonly Person[];
  readonly leavers: Person[];
  /** Whose messages are read back as well. */
  join(person: Person): void;
  /** Waits until nothing is left to do, reads everything back, and holds the histories against the promises. */
  verdict(): Promise<Verdict>;
  close(): Promise<void>;
}

export interface BedOptions extends Pick<Surroundings, 'openDatabase'> {
  readonly topology?: Topology;
  readonly variables?:
    | Record<string, string>
    | ((carrier: Carrier) => Record<string, string> | Promise<Record<string, string>>);
  /** Where providers are slower than the platform waits for them. */
  readonly graceMs?: number;
  /** Of each tenant. */
  readonly peopleCount?: number;
  readonly leaverCount?: number;
}

/** The provider timeout; and what a process may hold up that stands still, with what it takes to catch up. */
const LIMITS = { graceMs: 2_000, catchUpMs: 8_000 };
const DRAIN_MS = 90_000;
const FAULTY_CALLBACKS = { scope: 'callbacks', duplicate: 0.05, reorderWindowMs: 200 };

/** `row` names the folder of its histories. */
export async function openBed(row: string, options: BedOptions = {}): Promise<Bed> {
  const { topology = 'senders', variables = {}, peopleCount = 20, leaverCount = 10 } = options;
  const folder = join(KEPT, row);
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const history = createRecorder(join(folder, 'load.jsonl'));
  const { openDatabase, graceMs } = options;
  const parley = await startParley(
    topology,
    async (carrier) => ({
      ...smtpVariables(carrier, 0),
      ...(typeof variables === 'function' ? await variables(carrier) : variables),
    }),
    { keepIn: folder, ...(openDatabase && { openDatabase }) },
  );
  const gathered = await gatherPeople(parley, peopleCount + leaverCount);
  const mayLeave = new Set(
    TENANTS.flatMap((tenant) => ofTenant(gathered, tenant).slice(peopleCount)),
  );
  const joined: Person[] = [];
  const followers = TENANTS.map((tenant) => follow(parley, history, tenant));
  parley.carrier.control.setFaults(FAULTY_CALLBACKS);
  let closed = false;
  const finish = async (): Promise<void> => {
    if (closed) return;
    closed = true;
    await Promise.all(followers.map((follower) => follower.stop()));
    await history.close();
  };
  return {
    parley,
    history,
    people: gathered.filter((person) => !mayLeave.has(person)),
    leavers: [...mayLeave],
    join: (person) => joined.push(person),
    async verdict() {
      await drain(parley, DRAIN_MS);
      history.write({ k: 'drained' });
      await readBack(parley, history, [...gathered, ...joined]);
      await finish();
      const files = ['load.jsonl', 'carriers.jsonl'].map((name) => join(folder, name));
      // Killed ones have none: an exit code means that a process ended by itself.
      expect(parley.processes().flatMap(({ exitCode }) => exitCode ?? [])).toEqual([]);
      const texts = await Promise.all(files.map((file) => readFile(file, 'utf8')));
      return checkHistory(parseHistories(texts), { ...LIMITS, graceMs: graceMs ?? LIMITS.graceMs });
    },
    async close() {
      await finish();
      await parley.stop();
    },
  };
}

const ofTenant = (people: readonly Person[], name: string): readonly Person[] =>
  people.filter(({ tenant }) => tenant === name);

/** Nothing broken, and something there that could have been. */
export function expectKept({ violations, counts }: Verdict): void {
  expect(violations).toEqual([]);
  for (const kind of ['send.ok', 'accept', 'emit', 'event', 'final', 'drained'] as const) {
    expect([kind, counts[kind] ?? 0]).not.toEqual([kind, 0]);
  }
}
