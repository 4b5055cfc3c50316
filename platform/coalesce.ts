// Coalescing: calls made in one turn of the event loop become one batch, so that they share a statement and a commit.

export interface CoalesceSettings<In, Out> {
  /** Calls of one batch at the most. */
  readonly itemsMax: number;
  /** Batches under way at the most, of all groups together. */
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
  resolve(out: Out): void;
  reject(error: unknown): void;
}

/** What a batch costs is mostly the same for one item and for eight. */
const WORTH_A_BATCH = 8;

/** Returns a function that resolves with its item's own result. While a batch of a group is under way its calls wait and
 *  make the next one larger; the more are under way, the larger is the next one that goes beside them. When a batch of
 *  several fails, each item is tried again alone: one bad row must not fail its neighbours. */
export function coalesce<In, Out>(settings: CoalesceSettings<In, Out>): (item: In) => Promise<Out> {
  const { itemsMax, batchesMax, waitingMax, overflow, groupOf, run } = settings;
  const waiting = new Map<string, Waiting<In, Out>[]>();
  const underWay: string[] = [];
  let count = 0;
  let scheduled = false;

  const settle = async (batch: readonly Waiting<In, Out>[], group: string): Promise<void> => {
    try {
      const results = await run(
        batch.map((call) => call.item),
        group,
      );
      batch.forEach((call, index) => call.resolve(results[index] as Out));
    } catch (error) {
      if (batch.length === 1) batch[0]?.reject(error);
      else for (const call of batch) await settle([call], group);
    }
  };

  const start = (batch: readonly Waiting<In, Out>[], group: string): void => {
    count -= batch.length;
    underWay.push(group);
    void settle(batch, group).finally(() => {
      underWay.splice(underWay.indexOf(group), 1);
      next();
    });
  };

  const next = (): void => {
    scheduled = false;
    for (const [group, calls] of waiting) {
      if (underWay.length === batchesMax) return;
      const beside = underWay.filter((other) => other === group).length;
      if (calls.length < Math.min(itemsMax, beside * WORTH_A_BATCH)) continue;
      // What is left goes to the end of the line: the loop comes to it again after the other groups.
      waiting.delete(group);
      const rest = calls.splice(itemsMax);
      if (rest.length > 0) waiting.set(group, rest);
      start(calls, group);
    }
  };

  return (item) =>
    new Promise((resolve, reject) => {
      if (count >= waitingMax) {
        reject(overflow());
        return;
      }
      count += 1;
      const group = groupOf(item);
      const calls = waiting.get(group);
      if (calls === undefined) waiting.set(group, [{ item, resolve, reject }]);
      else calls.push({ item, resolve, reject });
      if (!scheduled) {
        scheduled = true;
        setImmediate(next);
      }
    });
}
