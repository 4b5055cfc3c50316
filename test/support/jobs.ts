// Jobs for tests: run for one round, or until a statement finds nothing open any more.
import type { Job } from '../../platform/loop.ts';
import type { People } from './people.ts';

/** Until the statement that finds open work finds none. */
export async function ran({ sql }: People, job: Job, open: string): Promise<void> {
  job.start();
  while ((await sql(open)).length > 0);
  await job.stop();
}

/** Until a follower has read all that its source has told. */
export function caughtUp(
  people: People,
  job: Job,
  { name, source, schema = 'consent' }: { name: string; source: string; schema?: string },
): Promise<void> {
  return ran(
    people,
    job,
    `select 1 from ${source}.event e where not exists (select 1 from ${schema}.follower f
       where f.name = '${name}' and (f.tx, f.seq) >= (e.tx, e.seq))`,
  );
}

/** Exactly one round: a job that is stopped ends after the round under way. */
export async function oneRound(job: Job): Promise<void> {
  job.start();
  await job.stop();
}
