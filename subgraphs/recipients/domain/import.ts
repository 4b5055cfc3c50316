// Which row of an import means which person: by any of their identifiers, where all that are known agree.
import type { Finding } from './finding.ts';

/** A name that only one person has. */
export interface Identifier {
  /** Unique over all kinds of identifiers. */
  readonly name: string;
  /** The field of the row, for people to read. */
  readonly path: readonly string[];
}

export type Match =
  | { readonly kind: 'new' }
  /** UUID of the one whom every known identifier names. */
  | { readonly kind: 'known'; readonly recipientId: string }
  /** Two people have identifiers of this row. */
  | { readonly kind: 'torn'; readonly finding: Finding }
  /** A row before means the same person. */
  | { readonly kind: 'repeated'; readonly finding: Finding };

/** In the order of the rows; null for rows that mean nobody. ownerOf: the recipient's UUID by an identifier's name. */
export function matchRows(
  rows: readonly (readonly Identifier[] | null)[],
  ownerOf: ReadonlyMap<string, string>,
): (Match | null)[] {
  const rowOf = new Map<string, number>();
  return rows.map((identifiers, index): Match | null => {
    if (identifiers === null) return null;
    const known = identifiers.find(({ name }) => ownerOf.has(name));
    const recipientId = known && ownerOf.get(known.name);
    const torn = identifiers.find(
      ({ name }) => ownerOf.has(name) && ownerOf.get(name) !== recipientId,
    );
    if (torn !== undefined) {
      const sentence =
        'Another recipient of the tenant has this identifier; they may have to be merged.';
      return { kind: 'torn', finding: { path: torn.path, sentence } };
    }
    const names = [...identifiers, ...(recipientId ? [{ name: recipientId, path: [] }] : [])];
    const repeated = names.find(({ name }) => rowOf.has(name));
    if (repeated !== undefined) {
      const sentence = `Row ${(rowOf.get(repeated.name) ?? 0) + 1} of the import means the same person.`;
      return { kind: 'repeated', finding: { path: repeated.path, sentence } };
    }
    for (const { name } of names) rowOf.set(name, index);
    return recipientId ? { kind: 'known', recipientId } : { kind: 'new' };
  });
}
