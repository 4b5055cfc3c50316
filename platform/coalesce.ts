// Coalescing: calls made in one turn of the event loop become one batch, so that they share a statement and a commit.

export interface CoalesceSettings<In, Out> {
  /** Calls of one batch at the most. */
  readonly itemsMax: number;
  /** Batches under way at the most; calls wait meanwhile and make the next batch larger. */
  readonly batchesMax: number;
  /** Calls that wait at the most; one more is refused by `overflow`. */
  readonly waitingMax: number;
  overflow(): Error;
  /** Which calls may share a batch: one transaction has one tenant. */
  groupOf(item: In): string;
  /** Handles one group; the results stand in the order of the items. */
  run(items: readonly In[], group: string): Promise<readonly Out[]>;
}

interface Waiting<In, Out> {
  readonly item: In;
  readonly group: string;
  resolve(out: Out): void;
  reject(error: unknown): void;
}

/** Returns a function that resolves with its item's own result. When a batch of several fails, each item is
 *  tried again alone: one bad row must not fail its neighbours. */
export function coalesce<In, Out>(settings: CoalesceSettings<In, Out>): (item: In) => Promise<Out> {
  const { itemsMax, batchesMax, waitingMax, overflow, groupOf, run } = settings;
  let waiting: Waiting<In, Out>[] = [];
  let underWay = 0;
  let scheduled = false;

  const settle = async (batch: readonly Waiting<In, Out>[]): Promise<void> => {
    const group = batch[0]?.group ?? '';
    try {
      const results = await run(
        batch.map((call) => call.item),
        group,
      );
      batch.forEach((call, index) => call.resolve(results[index] as Out));
    } catch (error) {
      if (batch.length === 1) batch[0]?.reject(error);
      else for (const call of batch) await settle([call]);
    }
  };

  const next = (): void => {
    scheduled = false;
    while (waiting.length > 0 && underWay < batchesMax) {
      const group = waiting[0]?.group;
      const batch = waiting.filter((call) => call.group === group).slice(0, itemsMax);
      const taken = new Set(batch);
      waiting = waiting.filter((call) => !taken.has(call));
      underWay += 1;
      void settle(batch).finally(() => {
        underWay -= 1;
        next();
      });
    }
  };

  return (item) =>
    new Promise((resolve, reject) => {
      if (waiting.length >= waitingMax) {
        reject(overflow());
        return;
      }
      waiting.push({ item, group: groupOf(item), resolve, reject });
      if (!scheduled) {
        scheduled = true;
        setImmediate(next);
      }
    });
}
