// A deed that may refuse in the middle of its transaction: what it wrote until then is undone, and the refusal is an answer.

class Refusal<E> extends Error {
  readonly errors: readonly E[];

  constructor(errors: readonly E[]) {
    super('refused');
    this.errors = errors;
  }
}

export type Outcome<T, E> =
  { readonly done: T; readonly refused: null } | { readonly refused: readonly E[] };

/** `refuse` leaves whatever transaction `work` is in. */
export async function refusable<T, E>(
  work: (refuse: (...errors: readonly E[]) => never) => Promise<T>,
): Promise<Outcome<T, E>> {
  const refuse = (...errors: readonly E[]): never => {
    throw new Refusal(errors);
  };
  try {
    return { done: await work(refuse), refused: null };
  } catch (error) {
    if (error instanceof Refusal) return { refused: (error as Refusal<E>).errors };
    throw error;
  }
}
