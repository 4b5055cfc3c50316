// Callbacks at rest: verbatim, and sealed, because they hold phone numbers and what people wrote.
import { createSecretKey, randomBytes, type KeyObject } from 'node:crypto';
import { columnKeyId, openColumn, sealColumn } from '../../crypto/aead.ts';
import type { Kms, Wrapped } from '../../crypto/kms.ts';
import type { Transaction } from '../../platform/database.ts';
import type { RawCallback } from '../../providers/provider.ts';
import type { DeliveryDeps } from './context.ts';

/** The tenant of what belongs to no tenant yet. It cannot be a token's tenant: those have no dot. */
const PLATFORM = 'parley.platform';
const KEY_REF = { tenant: PLATFORM, use: 'data' } as const;

interface StoredKey {
  readonly keyId: string;
  readonly version: number;
  /** base64 */
  readonly ciphertext: string;
}

/** Seals under one data key a process, wrapped by the KMS; opens under any that was ever used. */
export class CallbackVault {
  readonly #deps: Pick<DeliveryDeps, 'database' | 'kms' | 'newUuid' | 'clock' | 'log'>;
  readonly #keys = new Map<string, KeyObject>();
  #current: Promise<{ id: string; key: KeyObject }> | null = null;

  constructor(deps: Pick<DeliveryDeps, 'database' | 'kms' | 'newUuid' | 'clock' | 'log'>) {
    this.#deps = deps;
  }

  async seal(callbackId: string, callback: RawCallback): Promise<Buffer> {
    this.#current ??= this.#createKey().catch((error: unknown) => {
      this.#current = null;
      throw error;
    });
    const { id, key } = await this.#current;
    const { url, headers, body } = callback;
    const plain = JSON.stringify({ url, headers, body: body.toString('base64') });
    return sealColumn(key, uuidBytes(id), Buffer.from(plain), placeOf(callbackId));
  }

  /** Opens many; keys that are not known yet are read in one statement. What does not open is missing, and logged: it
   *  must not hold up what stands beside it. */
  async open(
    tx: Transaction,
    sealed: readonly { id: string; sealed: Uint8Array }[],
  ): Promise<ReadonlyMap<string, RawCallback>> {
    const keyIds = new Map(sealed.map((row) => [row.id, keyIdOf(row.sealed)]));
    const ids = [...new Set(keyIds.values())].flatMap((id) => id ?? []);
    const missing = ids.filter((id) => !this.#keys.has(id));
    if (missing.length > 0) await this.#readKeys(tx, missing);
    return new Map(
      sealed.flatMap((row): [string, RawCallback][] => {
        const opened = this.#openOne(row, keyIds.get(row.id) ?? null);
        return opened === null ? [] : [[row.id, opened]];
      }),
    );
  }

  #openOne(row: { id: string; sealed: Uint8Array }, keyId: string | null): RawCallback | null {
    try {
      const key = this.#keys.get(keyId ?? '');
      if (key === undefined) throw new Error('the key of a callback is gone');
      const plain = openColumn(key, row.sealed, placeOf(row.id)).toString('utf8');
      const { url, headers, body } = JSON.parse(plain) as RawCallback & { body: string };
      return { url, headers, body: Buffer.from(body, 'base64') };
    } catch (error) {
      this.#deps.log.error({ err: error, callbackId: row.id }, 'callback unreadable');
      return null;
    }
  }

  async #createKey(): Promise<{ id: string; key: KeyObject }> {
    const { database, kms, newUuid, clock } = this.#deps;
    const id = newUuid();
    const bytes = randomBytes(32);
    const wrapped = await wrap(kms, id, bytes);
    await database.acrossTenants((tx) =>
      tx.query(
        `insert into delivery.callback_key (tenant_id, id, wrapped, created_at)
         values ($1, $2, $3, to_timestamp($4 / 1000.0))`,
        [PLATFORM, id, JSON.stringify(wrapped), clock.now()],
      ),
    );
    const key = createSecretKey(bytes);
    bytes.fill(0);
    this.#keys.set(id, key);
    return { id, key };
  }

  async #readKeys(tx: Transaction, ids: readonly string[]): Promise<void> {
    const rows = await tx.query<{ id: string; wrapped: StoredKey }>(
      `select id, wrapped from delivery.callback_key where tenant_id = $1 and id = any($2::uuid[])`,
      [PLATFORM, ids],
    );
    for (const { id, wrapped } of rows) {
      const bytes = await this.#deps.kms.unwrap(unpack(wrapped), contextOf(id));
      this.#keys.set(id, createSecretKey(bytes));
    }
  }
}

const contextOf = (id: string) => ({ tenant: PLATFORM, purpose: 'callback', subject: id });

const placeOf = (rowId: string) => ({
  tenant: PLATFORM,
  table: 'delivery.raw_callback',
  column: 'sealed',
  rowId,
});

async function wrap(kms: Kms, id: string, bytes: Uint8Array): Promise<StoredKey> {
  const { keyId, version, ciphertext } = await kms.wrap(KEY_REF, bytes, contextOf(id));
  return { keyId, version, ciphertext: Buffer.from(ciphertext).toString('base64') };
}

const unpack = ({ keyId, version, ciphertext }: StoredKey): Wrapped => ({
  keyId,
  version,
  ciphertext: Buffer.from(ciphertext, 'base64'),
});

/** Null where the bytes are none of a sealed column. */
function keyIdOf(sealed: Uint8Array): string | null {
  try {
    return uuidText(columnKeyId(sealed));
  } catch {
    return null;
  }
}

const uuidBytes = (uuid: string): Buffer => Buffer.from(uuid.replaceAll('-', ''), 'hex');

function uuidText(bytes: Buffer): string {
  const hex = bytes.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
