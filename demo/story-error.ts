// Why the story cannot go on.

/** Its message is the one sentence that the demo ends with: what went otherwise, and what to do. */
export class StoryError extends Error {
  override name = 'StoryError';
}

/** Throws StoryError with `sentence` unless the story went as told. */
export function told(holds: boolean, sentence: string): void {
  if (!holds) throw new StoryError(sentence);
}
