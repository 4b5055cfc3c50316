// Finds the newest approved version of templates by name, and versions by id: one statement for many.
import type { Transaction } from '../../../platform/database.ts';
import type { Template } from '../domain/template.ts';

export interface StoredTemplate {
  readonly id: string;
  readonly name: string;
  readonly version: number;
  readonly content: Template;
}

/** By name; a name without an approved version is missing. */
export async function findApprovedTemplates(
  tx: Transaction,
  tenantId: string,
  names: readonly string[],
): Promise<ReadonlyMap<string, StoredTemplate>> {
  const rows = await tx.query<StoredTemplate>(
    `select distinct on (name) id, name, version, content from messages.template
     where tenant_id = $1 and name = any($2) and state = 'APPROVED'
     order by name, version desc`,
    [tenantId, names],
  );
  return new Map(rows.map((row) => [row.name, row]));
}

/** One version, where it may be sent; null otherwise. */
export async function findApprovedVersion(
  tx: Transaction,
  tenantId: string,
  id: string,
): Promise<StoredTemplate | null> {
  const [row] = await tx.query<StoredTemplate>(
    `select id, name, version, content from messages.template
     where tenant_id = $1 and id = $2 and state = 'APPROVED'`,
    [tenantId, id],
  );
  return row ?? null;
}

/** Submitted versions never change, so jobs keep the ones they have seen. */
export class TemplateCache {
  readonly #byId = new Map<string, StoredTemplate>();

  /** All of the given versions, by id, reading those not seen before. For jobs: across tenants, by unguessable ids. */
  async get(tx: Transaction, ids: readonly string[]): Promise<ReadonlyMap<string, StoredTemplate>> {
    const missing = [...new Set(ids)].filter((id) => !this.#byId.has(id));
    if (missing.length > 0) {
      const rows = await tx.query<StoredTemplate>(
        `select id, name, version, content from messages.template where id = any($1::uuid[])`,
        [missing],
      );
      // Forgetting all at once is crude, but needs no bookkeeping on the hot path.
      if (this.#byId.size + rows.length > CACHED_TEMPLATES_MAX) this.#byId.clear();
      for (const row of rows) this.#byId.set(row.id, row);
    }
    return this.#byId;
  }
}

const CACHED_TEMPLATES_MAX = 5_000;
