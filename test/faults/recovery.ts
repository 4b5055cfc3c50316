// How a fault test asks whether the platform is there again.
import type { Bed } from './bed.ts';
import type { Person } from './people.ts';
import { sendOne, type Wish } from './send.ts';

const RECOVERY_MS = 30_000;
const LOOK_MS = 200;

let count = 0;

/** A wish of a test's own, beside the load. */
export function freshWish(person: Person, template: string): Wish {
  count += 1;
  const expiresAt = Date.now() + 20_000;
  return { key: `own-${count}`, person, template, amount: `$${count}.50`, expiresAt };
}

/** Milliseconds until a message is accepted again. Throws when it takes longer than the promises allow. */
export async function recovered(bed: Bed): Promise<number> {
  const [person] = bed.people;
  if (person === undefined) throw new Error('nobody is there to be written to');
  const startedAt = performance.now();
  const wish = freshWish(person, 'code');
  while ((await sendOne(bed, wish)) !== 'ok') {
    if (performance.now() - startedAt > RECOVERY_MS) throw new Error('it does not recover');
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
  return performance.now() - startedAt;
}
