// Limits of what one caller may do in a time: token buckets in PostgreSQL, so that all processes count together.
import { hmacSha256 } from '../crypto/mac.ts';
import type { Kms } from '../crypto/kms.ts';
import type { Bus } from './bus.ts';
import type { Clock } from './clock.ts';
import { coalesce } from './coalesce.ts';
import type { Database, Transaction } from './database.ts';
import type { Log } from './log.ts';
import { createLoop, type Job } from './loop.ts';

/** A bucket holds `tokensMax`, and gets one back every `refillMs`. */
export interface RateRule {
  readonly tokensMax: number;
  readonly refillMs: number;
}

/** One token of one bucket. `name` says what is counted and of whom; only its keyed hash is kept. */
export interface Take {
  readonly name: string;
  readonly rule: RateRule;
}

/** For whoever asks, by the address of the client: a carrier puts thousands of people behind one, and they may all come at
 *  once. What guesses is stopped by tighter rules, on what it guesses. */
export const clientRule: RateRule = { tokensMax: 600, refillMs: 50 };

/** Takes one token of each bucket, or, where one of them is empty, none: then the milliseconds until there is one again.
 *  Null: taken. */
export type TakeTokens = (takes: readonly Take[]) => Promise<number | null>;

/** What a bucket is: the moment at which it is full again, in milliseconds since 1970. */
export type FullAt = number;

/** The moment after one more token is taken, or how long there is none. */
export function takeToken(
  fullAt: FullAt,
  { tokensMax, refillMs }: RateRule,
  now: number,
): { readonly fullAt: FullAt } | { readonly waitMs: number } {
  const next = Math.max(fullAt, now) + refillMs;
  const over = next - now - tokensMax * refillMs;
  return over > 0 ? { waitMs: over } : { fullAt: next };
}

/** Of nobody's: buckets are counted before it is known whose they are. No token names a tenant with a dot. */
const KEY = { tenant: 'parley.platform', use: 'pseudonym' } as const;

const TAKES_MAX = 200;
const WAITING_MAX = 5_000;
const SWEPT_MAX = 1_000;
const SWEEP_MS = 600_000;

/** One row a bucket, which holds a keyed hash and a time: nothing of a tenant or a person. */
export function rateBucketSql(schema: string): string {
  return `
    create table ${schema}.rate_bucket (
      name bytea primary key,
      full_at timestamptz not null
    );`;
}

interface RateLimitDeps {
  readonly database: Database;
  readonly kms: Kms;
  readonly clock: Clock;
}

/** All that is asked at the same time costs two statements and one connection, however many ask: a flood waits for itself, and
 *  holds nothing that others need. Past `WAITING_MAX` it is refused without asking. */
export function createTakeTokens(deps: RateLimitDeps): TakeTokens {
  const take = coalesce<readonly Take[], number | null>({
    itemsMax: TAKES_MAX,
    batchesMax: 1,
    waitingMax: WAITING_MAX,
    overflow: () => new Overflow(),
    groupOf: () => '',
    run: async (asked) => {
      const { key } = await deps.kms.macKey(KEY);
      const nameOf = ({ name }: Take): string => hmacSha256(key, name).toString('hex');
      const names = [...new Set(asked.flat().map(nameOf))].toSorted();
      return deps.database.acrossTenants((tx) => takeAll(tx, deps, { asked, names, nameOf }));
    },
  });
  return async (takes) => {
    try {
      return await take(takes);
    } catch (error) {
      if (error instanceof Overflow) return takes[0]?.rule.refillMs ?? 0;
      throw error;
    }
  };
}

class Overflow extends Error {}

async function takeAll(
  tx: Transaction,
  { database: { schema }, clock }: RateLimitDeps,
  batch: {
    readonly asked: readonly (readonly Take[])[];
    readonly names: readonly string[];
    nameOf(take: Take): string;
  },
): Promise<(number | null)[]> {
  const { asked, names, nameOf } = batch;
  // Locked in the order of their names, so that two processes do not wait for each other.
  const rows = await tx.query<{ name: string; fullAt: number }>(
    `insert into ${schema}.rate_bucket as b (name, full_at)
     select decode(name, 'hex'), to_timestamp(0) from unnest($1::text[]) as n (name) order by 1
     on conflict (name) do update set full_at = b.full_at
     returning encode(name, 'hex') as name, round(extract(epoch from full_at) * 1000)::float8 as "fullAt"`,
    [names],
  );
  const buckets = new Map(rows.map(({ name, fullAt }) => [name, fullAt]));
  const now = clock.now();
  const answers = asked.map((takes) => {
    const taken = takes.map((one) => takeToken(buckets.get(nameOf(one)) ?? 0, one.rule, now));
    const waits = taken.flatMap((one) => ('waitMs' in one ? [one.waitMs] : []));
    if (waits.length > 0) return Math.max(...waits);
    takes.forEach((one, index) => {
      const bucket = taken[index];
      if (bucket !== undefined && 'fullAt' in bucket) buckets.set(nameOf(one), bucket.fullAt);
    });
    return null;
  });
  await tx.query(
    `update ${schema}.rate_bucket b set full_at = to_timestamp(n.full_at / 1000.0)
     from unnest($1::text[], $2::float8[]) as n (name, full_at) where b.name = decode(n.name, 'hex')`,
    [names, names.map((name) => buckets.get(name) ?? 0)],
  );
  return answers;
}

/** Forgets the buckets that are full: without a row a bucket is full too. */
export function sweepBuckets(deps: {
  readonly database: Database;
  readonly clock: Clock;
  readonly bus: Bus;
  readonly log: Log;
}): Job {
  const { database, clock } = deps;
  const { schema } = database;
  return createLoop({
    ...deps,
    name: `${schema}/sweep-buckets`,
    topics: [],
    pollMs: SWEEP_MS,
    round: async () => {
      const swept = await database.acrossTenants((tx) =>
        tx.query(
          `delete from ${schema}.rate_bucket where name = any (array(
             select name from ${schema}.rate_bucket where full_at < to_timestamp($1 / 1000.0)
             limit $2 for update skip locked)) returning 1`,
          [clock.now(), SWEPT_MAX],
        ),
      );
      return swept.length === SWEPT_MAX;
    },
  });
}
