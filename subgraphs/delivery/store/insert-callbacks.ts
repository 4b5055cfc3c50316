// Callbacks that wait to be normalised: kept, claimed, and settled, each in one statement for many.
import type { Transaction } from '../../../platform/database.ts';

export interface NewCallback {
  readonly id: string;
  readonly provider: string;
  readonly sealed: Buffer;
  readonly receivedAt: number;
}

export async function insertCallbacks(
  tx: Transaction,
  callbacks: readonly NewCallback[],
): Promise<void> {
  await tx.query(
    `insert into delivery.raw_callback (id, provider, sealed, state, received_at)
     select c.id, c.provider, c.sealed, 'NEW', to_timestamp(c.received_at / 1000.0)
     from unnest($1::uuid[], $2::text[], $3::bytea[], $4::float8[]) as c (id, provider, sealed, received_at)`,
    [
      callbacks.map((callback) => callback.id),
      callbacks.map((callback) => callback.provider),
      callbacks.map((callback) => callback.sealed),
      callbacks.map((callback) => callback.receivedAt),
    ],
  );
}

export interface WaitingCallback {
  readonly id: string;
  readonly provider: string;
  readonly sealed: Buffer;
  readonly tries: number;
  readonly receivedAt: number;
}

/** Locks due callbacks until the transaction ends, oldest first; those in other hands are passed over. */
export async function lockDueCallbacks(tx: Transaction, limit: number): Promise<WaitingCallback[]> {
  return tx.query<WaitingCallback>(
    `select id, provider, sealed, tries, extract(epoch from received_at)::float8 * 1000 as "receivedAt"
     from delivery.raw_callback where state = 'NEW' and due_at <= now()
     order by due_at limit $1 for update skip locked`,
    [limit],
  );
}

/** What became of a callback. `WAITING`: its attempt is not known yet; it comes up again after `delayMs`. */
export interface CallbackFate {
  readonly id: string;
  readonly tenantId: string;
  readonly state: 'NEW' | 'MATCHED' | 'IGNORED' | 'UNMATCHED' | 'UNREADABLE';
  readonly delayMs: number;
}

export async function settleCallbacks(
  tx: Transaction,
  fates: readonly CallbackFate[],
): Promise<void> {
  await tx.query(
    `update delivery.raw_callback c
     set tenant_id = f.tenant_id, state = f.state, tries = c.tries + 1,
       due_at = now() + f.delay * interval '1 ms'
     from unnest($1::uuid[], $2::text[], $3::text[], $4::float8[]) as f (id, tenant_id, state, delay)
     where c.tenant_id = '' and c.id = f.id`,
    [
      fates.map((fate) => fate.id),
      fates.map((fate) => fate.tenantId),
      fates.map((fate) => fate.state),
      fates.map((fate) => fate.delayMs),
    ],
  );
}
