// The load of a fault test: mixed sends of two tenants with twins, batches and revocations that race them.
import { withdrawConsent } from '../support/story.ts';
import type { Bed } from './bed.ts';
import { CHANNELS, PURPOSE, TEMPLATES, type Person } from './people.ts';
import { seeded } from './random.ts';
import { sendMany, sendOne, type Answer, type Wish } from './send.ts';

export interface LoadPlan {
  readonly seed: number;
  /** Calls under way at once. Each client waits about `thinkMs` after an answer. */
  readonly clients?: number;
  readonly thinkMs?: number;
  readonly templates?: readonly string[];
}

export interface Load {
  /** Resolves when so many more messages were asked for. */
  asked(count: number): Promise<void>;
  /** Asks for no more; resolves when what had no answer was repeated until it had one. */
  finish(): Promise<void>;
}

const TWINS = 0.1;
const REVOCATIONS = 0.05;
const BATCHES = 0.01;
const BATCH = 20;
/** Of each person, so that all of them can be read back. */
const MESSAGES_MAX = 30;
const GOOD_FOR_MS = 20_000;
/** No receipt ends an email that is not returned, so it is waited for as long as it is good. */
const LETTER_GOOD_FOR_MS = 8_000;
/** A withdrawal races what was sent a moment before. */
const RACE_MS = 60;
const REPEATS_MAX = 100;
const REPEAT_PAUSE_MS = 200;

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

export function startLoad(bed: Bed, plan: LoadPlan): Load {
  const random = seeded(plan.seed);
  const { clients = 8, thinkMs = 150, templates = TEMPLATES.map(({ name }) => name) } = plan;
  const unanswered: Wish[] = [];
  const waiting: { at: number; resolve: () => void }[] = [];
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  let begun = 0;
  let finished = false;

  const wishFor = (person: Person): Wish => {
    begun += 1;
    for (const one of waiting) if (begun >= one.at) one.resolve();
    const [key, amount] = [`order-${plan.seed}-${begun}`, `$${begun}`];
    const template = pick(templates);
    const goodForMs = template === 'letter' ? LETTER_GOOD_FOR_MS : GOOD_FOR_MS;
    return { key, person, template, amount, expiresAt: Date.now() + goodForMs };
  };
  const note = (wish: Wish, answer: Answer): void => {
    if (answer === 'unknown') unanswered.push(wish);
  };
  const one = async (person: Person): Promise<void> => {
    const wish = wishFor(person);
    const twins = random() < TWINS ? [wish, wish] : [wish];
    const answers = await Promise.all(twins.map((twin) => sendOne(bed, twin)));
    for (const answer of answers) note(wish, answer);
  };
  const batch = async (of: Person): Promise<void> => {
    const own = bed.people.filter(({ tenant }) => tenant === of.tenant);
    const wishes = Array.from({ length: BATCH }, () => wishFor(pick(own)));
    const answers = await sendMany(bed, wishes);
    answers.forEach((answer, index) => note(wishes[index] as Wish, answer));
  };
  /** Nothing is sent to them any more afterwards; what was sent before is the question. */
  const race = async (person: Person, afterMs: number): Promise<void> => {
    await Promise.all([one(person), pause(afterMs).then(() => revoke(bed, person))]);
  };
  const client = async (): Promise<void> => {
    while (!finished) {
      await pause(2 * random() * thinkMs);
      if (begun >= MESSAGES_MAX * bed.people.length) continue;
      const leaver = random() < REVOCATIONS ? bed.leavers.pop() : undefined;
      if (leaver !== undefined) await race(leaver, random() * RACE_MS);
      else if (random() < BATCHES) await batch(pick(bed.people));
      else await one(pick(bed.people));
    }
  };
  const all = Promise.all(Array.from({ length: clients }, client));
  return {
    asked: (count) => new Promise((resolve) => waiting.push({ at: begun + count, resolve })),
    async finish() {
      finished = true;
      await all;
      await Promise.all(unanswered.map((wish) => repeat(bed, wish)));
    },
  };
}

/** As a client does who wants to know: the same key until there is an answer. */
async function repeat(bed: Bed, wish: Wish): Promise<void> {
  for (let count = 0; count < REPEATS_MAX; count += 1) {
    if ((await sendOne(bed, wish)) !== 'unknown') return;
    await pause(REPEAT_PAUSE_MS);
  }
  throw new Error('the platform does not answer any more');
}

/** Until it is acknowledged: only then it counts. */
export async function revoke(bed: Bed, person: Person): Promise<void> {
  for (let count = 0; ; count += 1) {
    try {
      await withdrawConsent(bed.parley, person.id, CHANNELS, person.token);
      break;
    } catch (error) {
      if (count === REPEATS_MAX) throw error;
      await pause(REPEAT_PAUSE_MS);
    }
  }
  bed.history.write({ k: 'revoke', recipient: person.id, purpose: PURPOSE });
}
