// Where the histories of the last run of each row stay, so that a failed one can be read.

/** Compiled to dist/test/faults, so the project is three levels up. */
export const KEPT = new URL('../../../.parley/faults/', import.meta.url).pathname;
