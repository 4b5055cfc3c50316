// One run of the simulation: the engine in several processes, carriers and people, under virtual time, from one seed.
import type { Outbound } from '../../providers/provider.ts';
import type { Log } from '../../platform/log.ts';
import { adapterOf } from './adapter.ts';
import { carrierKinds } from './carrier-kinds.ts';
import { Carrier, type CarrierListener } from './carrier.ts';
import { planCrowd } from './crowd.ts';
import { Faults } from './faults.ts';
import { Fleet } from './fleet.ts';
import { kms } from './keys.ts';
import type { Machine } from './machine.ts';
import { memoryDatabase } from './memory-database.ts';
import { People } from './people.ts';
import { PROVIDER_TIMEOUT_MS, startProcess, type PlatformProcess } from './platform-process.ts';
import { Postman } from './postman.ts';
import { Random } from './random.ts';
import { Store, type AttemptRow } from './store/store.ts';
import { newTemplate } from './templates.ts';
import { Trace } from './trace.ts';
import { VirtualTime } from './virtual-time.ts';
import { Violation } from './violation.ts';
import { Witness } from './witness.ts';

/** safety: faults until the end. liveness: faults, then everything heals, and all has to end. */
export type Mode = 'safety' | 'liveness';

export interface Outcome {
  readonly seed: number;
  readonly mode: Mode;
  /** Null where everything that was promised held. */
  readonly failure: { readonly sentence: string; readonly trace: string } | null;
  readonly messages: number;
  readonly virtualMs: number;
}

/** 2026-01-01, so that a time in a trace is not mistaken for one of today. */
const START = 1_767_225_600_000;
const FAULTS_MS = 60_000;
/** Until then every process that died is up again. */
const RECOVERY_MS = 10_000;
/** Some runs go on when all has ended: for what carriers report late. */
const LINGER_MS = 100_000;
/** What the last message may take after its time is over: its window, a lease and a few polls, with room. */
const TAIL_MS = 240_000;
const TEMPLATES = 3;

export async function simulate(seed: number): Promise<Outcome> {
  return new Simulation(seed, seed % 2 === 0 ? 'safety' : 'liveness').run();
}

class Simulation {
  readonly #seed: number;
  readonly #mode: Mode;
  readonly #random: Random;
  readonly #time = new VirtualTime(START);
  readonly #trace = new Trace(() => this.#time.now);
  readonly #store = new Store();
  readonly #healsAt: number;
  readonly #faults: Faults;
  readonly #people: People;
  readonly #carriers: readonly Carrier[];
  readonly #witness: Witness;
  readonly #fleet: Fleet;
  readonly #postman: Postman;
  #uuids = 0;
  #failure: Error | null = null;

  constructor(seed: number, mode: Mode) {
    this.#seed = seed;
    this.#mode = mode;
    const random = new Random(seed);
    const time = this.#time;
    const healsAt = mode === 'safety' ? Infinity : START + FAULTS_MS;
    this.#random = random;
    this.#healsAt = healsAt;
    this.#faults = new Faults(random, time, healsAt);
    this.#people = new People(random, random.between(1, 3), () => this.#newUuid());
    const listener = this.#listener();
    this.#carriers = carrierKinds(random).map(
      (kind) => new Carrier(kind, { random, time, listener, healsAt }),
    );
    const skewMs = random.pick([0, 0, 1_000, 30_000]);
    this.#witness = new Witness(this.#store, this.#people, this.#carriers, {
      now: () => time.now,
      bounds: {
        graceMs: PROVIDER_TIMEOUT_MS,
        skewMs: 2 * skewMs,
        healed: () => time.now > healsAt + RECOVERY_MS,
      },
    });
    this.#postman = new Postman(
      { random, time },
      () => this.#fleet.processes,
      (report) => this.#witness.kept(report),
    );
    this.#fleet = new Fleet({
      random,
      time,
      faults: this.#faults,
      trace: this.#trace,
      skewMs,
      start: (machine) => this.#start(machine),
    });
  }

  async run(): Promise<Outcome> {
    this.#planCrowd();
    const lingersMs = this.#random.chance(0.2) ? LINGER_MS : 0;
    const quietFrom = START + FAULTS_MS + lingersMs;
    await this.#time.run(START + FAULTS_MS, () => this.#failure !== null);
    if (this.#failure === null && this.#mode === 'liveness') {
      await this.#time.run(Infinity, () => {
        if (this.#failure !== null || this.#time.now > this.#deadline()) return true;
        return this.#time.now >= quietFrom && this.#isQuiet();
      });
      this.#guard(() => this.#witness.finished());
    }
    return {
      seed: this.#seed,
      mode: this.#mode,
      failure: this.#describe(),
      messages: this.#store.messages.all().length,
      virtualMs: this.#time.now - START,
    };
  }

  #planCrowd(): void {
    const templates = Array.from({ length: TEMPLATES }, (_, index) =>
      newTemplate(this.#random, this.#newUuid(), `template${index}`),
    );
    for (const template of templates) this.#store.templates.put(template.id, template);
    planCrowd(
      {
        random: this.#random,
        time: this.#time,
        people: this.#people,
        witness: this.#witness,
        trace: this.#trace,
        templateNames: templates.map(({ name }) => name),
        newUuid: () => this.#newUuid(),
        processes: () => this.#fleet.processes,
        guard: (what) => this.#guard(what),
      },
      FAULTS_MS,
    );
  }

  #describe(): Outcome['failure'] {
    const failure = this.#failure;
    if (failure === null) return null;
    const messageId = failure instanceof Violation ? failure.messageId : null;
    const sentence = failure instanceof Violation ? failure.message : String(failure.stack);
    return { sentence, trace: this.#trace.about(messageId, START) };
  }

  #deadline(): number {
    const expiries = this.#store.messages.all().map(({ expiresAt }) => expiresAt);
    return Math.max(this.#healsAt, ...expiries) + TAIL_MS;
  }

  #isQuiet(): boolean {
    // A report whose name was lost with the carrier's answer is looked at for a day.
    const settled = this.#store.callbacks
      .all()
      .every((one) => one.state !== 'NEW' || one.tries > 12);
    const ended = this.#store.tasks.all().length === 0;
    const followed = this.#isFollowed('messages') && this.#isFollowed('delivery');
    return !this.#postman.isBusy && settled && ended && followed;
  }

  #isFollowed(schema: string): boolean {
    const last = this.#store.events[schema]?.all().at(-1);
    const follower = schema === 'messages' ? 'delivery attempts' : 'messages receipts';
    return last === undefined || this.#store.followers.get(follower)?.seq === last.seq;
  }

  /** The first thing that may not happen ends the run. */
  #guard(what: () => void): void {
    if (this.#failure !== null) return;
    try {
      what();
    } catch (error) {
      this.#failure = error as Error;
    }
  }

  #newUuid(): string {
    this.#uuids += 1;
    return `00000000-0000-7000-8000-${this.#uuids.toString(16).padStart(12, '0')}`;
  }

  #start(machine: Machine): PlatformProcess {
    const { random, time, faults } = {
      random: this.#random,
      time: this.#time,
      faults: this.#faults,
    };
    const database = (schema: string) =>
      memoryDatabase(schema, {
        store: this.#store,
        time,
        machine,
        faults,
        committed: () => this.#guard(() => this.#committed(machine)),
        give: (error) =>
          this.#guard(() => {
            throw error;
          }),
      });
    const handsOver = (carrier: Carrier, outbound: Outbound): void =>
      this.#guard(() => {
        this.#trace.tell(null, `${machine.name} hands ${outbound.attemptId} to ${carrier.kind.id}`);
        this.#witness.handsOver(carrier.kind, outbound);
      });
    return startProcess({
      machine,
      databases: { messages: database('messages'), delivery: database('delivery') },
      providers: this.#carriers.map((carrier) =>
        adapterOf(carrier, { machine, time, random, faults, handsOver }),
      ),
      people: this.#people,
      kms,
      log: this.#log(machine.name),
      newUuid: () => this.#newUuid(),
      random: () => random.next(),
      wake: (topic) => this.#fleet.wake(topic),
    });
  }

  #committed(machine: Machine): void {
    for (const attempt of this.#store.attempts.all()) {
      const { id, messageId, number, route, state, tries, failureCode } = attempt;
      const told = `attempt ${number} (${id}, ${route.provider}) is ${state} after ${tries} tries`;
      const isNew = this.#trace.tellOnce(
        attempt,
        messageId,
        `${machine.name}: ${told} ${failureCode ?? ''}`,
      );
      if (isNew && state === 'SUBMITTING') this.#strike(machine, attempt);
    }
    for (const message of this.#store.messages.all()) {
      const { id, phase, endStatus, endReason } = message;
      const told = `message ${id} is ${phase} ${endStatus ?? ''} ${endReason ?? ''}`;
      this.#trace.tellOnce(message, id, `${machine.name}: ${told}`);
    }
    this.#witness.committed();
  }

  /** What hurts most happens between a claim and its record: there processes die, and people withdraw. */
  #strike(machine: Machine, { messageId, route }: AttemptRow): void {
    const message = this.#store.messages.all().find(({ id }) => id === messageId);
    if (message !== undefined && this.#random.chance(0.05)) {
      this.#time.after(this.#random.wait(0, 500), () => {
        this.#people.withdraw(message.recipientId, route.channel, this.#time.now);
        this.#trace.tell(messageId, `the person withdraws ${route.channel}`);
      });
    }
    this.#fleet.strike(machine);
  }

  #listener(): CarrierListener {
    return {
      taken: (kind, taken) => {
        this.#trace.tell(taken.messageId, `${kind.id} takes ${taken.attemptId}`);
        this.#guard(() => this.#witness.taken(kind, taken));
      },
      changed: ({ id }, { messageId, attemptId, state }) =>
        this.#trace.tell(messageId, `${id}: ${attemptId} is ${state}`),
      report: (kind, report) => this.#postman.post(kind, report),
    };
  }

  #log(name: string): Log {
    const line = (level: string) => (fields: Record<string, unknown>, text: string) => {
      const { messageId, err } = fields;
      const error = err instanceof Error ? `: ${err.message}` : '';
      const about = typeof messageId === 'string' ? messageId : null;
      this.#trace.tell(about, `${name} ${level}: ${text}${error}`);
    };
    const silent = (): void => {};
    const log = { debug: silent, info: silent, warn: line('warns'), error: line('errs') };
    return log as unknown as Log;
  }
}
