// What a document may cost before anything runs: one list for HTTP and for sockets.
import { Kind, type DocumentNode, type FragmentDefinitionNode, type SelectionNode } from 'graphql';
import { ApiError } from '../platform/errors.ts';
import type { GatewaySettings } from './options.ts';

export interface Size {
  /** Fields within fields; a scalar at the root is 1. */
  readonly depth: number;
  readonly fieldCount: number;
  readonly aliasCount: number;
  readonly directiveCount: number;
}

export type SizeLimits = Pick<
  GatewaySettings,
  'depthMax' | 'fieldCountMax' | 'aliasCountMax' | 'directiveCountMax'
>;

const NOTHING: Size = { depth: 0, fieldCount: 0, aliasCount: 0, directiveCount: 0 };

/** The size of everything in the document, counted as if each fragment stood wherever it is spread. Linear in the length
 *  of the document: a fragment is measured once. Fragments in a circle count once; validation refuses them. */
export function measureDocument(document: DocumentNode): Size {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) {
      fragments.set(definition.name.value, definition);
    }
  }
  const measured = new Map<string, Size>();
  const measureFragment = (name: string): Size => {
    const known = measured.get(name);
    if (known !== undefined) return known;
    measured.set(name, NOTHING);
    const size = measureAll(fragments.get(name)?.selectionSet.selections ?? []);
    measured.set(name, size);
    return size;
  };
  const measureAll = (selections: readonly SelectionNode[]): Size =>
    selections.map(measureOne).reduce(together, NOTHING);
  const measureOne = (selection: SelectionNode): Size => {
    const directiveCount = selection.directives?.length ?? 0;
    if (selection.kind === Kind.FRAGMENT_SPREAD) {
      return together({ ...NOTHING, directiveCount }, measureFragment(selection.name.value));
    }
    const inside = measureAll(selection.selectionSet?.selections ?? []);
    if (selection.kind === Kind.INLINE_FRAGMENT) {
      return together({ ...NOTHING, directiveCount }, inside);
    }
    // Introspection is deep by nature, and where it is allowed it is cheap.
    const isIntrospection =
      selection.name.value === '__schema' || selection.name.value === '__type';
    return {
      depth: 1 + (isIntrospection ? 0 : inside.depth),
      fieldCount: 1 + inside.fieldCount,
      aliasCount: (selection.alias === undefined ? 0 : 1) + inside.aliasCount,
      directiveCount: directiveCount + inside.directiveCount,
    };
  };
  return document.definitions
    .map((definition) => {
      if (definition.kind !== Kind.OPERATION_DEFINITION) return NOTHING;
      const directiveCount = definition.directives?.length ?? 0;
      const inside = measureAll(definition.selectionSet.selections);
      return together({ ...NOTHING, directiveCount }, inside);
    })
    .reduce(together, NOTHING);
}

function together(a: Size, b: Size): Size {
  return {
    depth: Math.max(a.depth, b.depth),
    fieldCount: a.fieldCount + b.fieldCount,
    aliasCount: a.aliasCount + b.aliasCount,
    directiveCount: a.directiveCount + b.directiveCount,
  };
}

/** Throws TOO_COMPLEX with the first limit that the document passes. */
export function refuseTooComplex(size: Size, limits: SizeLimits): void {
  const rules: readonly [string, number, number][] = [
    ['deep', size.depth, limits.depthMax],
    ['fields', size.fieldCount, limits.fieldCountMax],
    ['aliases', size.aliasCount, limits.aliasCountMax],
    ['directives', size.directiveCount, limits.directiveCountMax],
  ];
  for (const [what, actual, maximum] of rules) {
    if (actual > maximum) {
      const sentence =
        what === 'deep'
          ? `The document is nested deeper than ${maximum} levels.`
          : `The document has more than ${maximum} ${what}.`;
      throw new ApiError('TOO_COMPLEX', sentence, { maximum });
    }
  }
}
