// Assertions that stay on in production: a broken one is our mistake, never the caller's.

export class AssertionFailure extends Error {
  override name = 'AssertionFailure';
}

/** Throws AssertionFailure with `sentence` unless `condition` holds. */
export function assert(condition: unknown, sentence: string): asserts condition {
  if (!condition) throw new AssertionFailure(sentence);
}

/** Ends a switch over a union: reached only when a member was forgotten. */
export function unreachable(value: never): never {
  throw new AssertionFailure(`no case for ${JSON.stringify(value)}`);
}
