// Takes messages off the follow-up list that somebody has dealt with.
import type { MessagesDeps } from './deps.ts';
import { tellFollowUps } from './keep-follow-ups.ts';
import { loadFollowUps, markHandled, type FollowUpRow } from './store/follow-ups.ts';

export interface ResolvedFollowUp {
  readonly followUp: FollowUpRow;
  /** Whether it had been dealt with before; it stays as it was then. */
  readonly replayed: boolean;
}

/** By id; ids of nothing that the tenant has are missing. */
export async function resolveFollowUps(
  deps: Pick<MessagesDeps, 'database' | 'clock' | 'newUuid' | 'bus'>,
  ask: {
    readonly tenantId: string;
    readonly ids: readonly string[];
    readonly by: string;
    readonly note: string | null;
  },
): Promise<ReadonlyMap<string, ResolvedFollowUp>> {
  const { tenantId, ids, by, note } = ask;
  return deps.database.transaction(tenantId, async (tx) => {
    const handled = await markHandled(tx, tenantId, { ids, by, note, now: deps.clock.now() });
    await tellFollowUps(tx, deps, handled);
    const now = new Set(handled.map(({ id }) => id));
    const items = await loadFollowUps(tx, tenantId, { by: 'id', keys: ids });
    return new Map(
      items.map((followUp) => [followUp.id, { followUp, replayed: !now.has(followUp.id) }]),
    );
  });
}
