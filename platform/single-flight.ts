// One question at a time: callers that ask for the same key while it is being answered wait for that answer.

/** Answers many keys. `load` gets those that nobody is asking for yet, each once; a key it leaves out is missing. */
export type SingleFlight<V> = (
  keys: readonly string[],
  load: (keys: readonly string[]) => Promise<ReadonlyMap<string, V>>,
) => Promise<ReadonlyMap<string, V>>;

/** Within one process; remembers nothing once a question is answered. A question that fails, fails for all who wait. */
export function createSingleFlight<V>(): SingleFlight<V> {
  const flights = new Map<string, Promise<ReadonlyMap<string, V>>>();
  return async (keys, load) => {
    const fresh = [...new Set(keys)].filter((key) => !flights.has(key));
    if (fresh.length > 0) {
      const flight = load(fresh).finally(() => {
        for (const key of fresh) flights.delete(key);
      });
      for (const key of fresh) flights.set(key, flight);
    }
    const waited = new Set(keys.flatMap((key) => flights.get(key) ?? []));
    const answers = await Promise.all(waited);
    const wanted = new Set(keys);
    return new Map(answers.flatMap((answer) => [...answer].filter(([key]) => wanted.has(key))));
  };
}
