// What a rule says of a field that it refuses.

/** A field that its rule refuses. */
export interface Finding {
  readonly path: readonly string[];
  readonly sentence: string;
}
