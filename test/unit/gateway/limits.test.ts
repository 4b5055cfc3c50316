// How documents are measured, and that measuring them costs little.
import { describe, expect, it } from '@jest/globals';
import { parse } from 'graphql';
import { measureDocument, refuseTooComplex, type Size } from '../../../gateway/limits.ts';

const limits = { depthMax: 3, fieldCountMax: 5, aliasCountMax: 1, directiveCountMax: 2 };
const size = (change: Partial<Size>): Size => ({
  depth: 1,
  fieldCount: 1,
  aliasCount: 0,
  directiveCount: 0,
  ...change,
});

describe('measureDocument', () => {
  const measured: [string, string, Partial<Size>][] = [
    ['one field', '{ a }', {}],
    ['nested fields', '{ a { b { c d } } }', { depth: 3, fieldCount: 4 }],
    ['aliases', '{ x: a y: b { z: c } }', { depth: 2, fieldCount: 3, aliasCount: 3 }],
    [
      'directives everywhere',
      'query @a { b @c ... @d { e } ...f @g } fragment f on Q { h }',
      {
        fieldCount: 3,
        directiveCount: 4,
      },
    ],
    ['inline fragments', '{ ... on Q { a { ... on R { b } } } }', { depth: 2, fieldCount: 2 }],
    [
      'a fragment at each spread',
      '{ a { ...f } b { ...f } } fragment f on Q { x: c }',
      {
        depth: 2,
        fieldCount: 4,
        aliasCount: 2,
      },
    ],
    ['all operations', 'query A { a } query B { a { b } }', { depth: 2, fieldCount: 3 }],
    [
      'introspection without its depth',
      '{ __schema { types { fields { name } } } }',
      {
        depth: 1,
        fieldCount: 4,
      },
    ],
    ['an unknown fragment as nothing', '{ a ...unknown }', {}],
    ['a circle of fragments once', '{ ...f } fragment f on Q { a { ...f } }', {}],
  ];
  it.each(measured)('counts %s', (_what, text, expected) => {
    expect(measureDocument(parse(text))).toEqual(size(expected));
  });

  it('counts fragments that multiply without walking them all', () => {
    const doubling = Array.from(
      { length: 60 },
      (_, i) => `fragment f${i} on Q { ...f${i + 1} ...f${i + 1} }`,
    );
    const text = `{ ...f0 } ${doubling.join(' ')} fragment f60 on Q { a }`;
    expect(measureDocument(parse(text)).fieldCount).toBe(2 ** 60);
  });
});

describe('refuseTooComplex', () => {
  it('takes a document at all limits', () => {
    const largest = size({ depth: 3, fieldCount: 5, aliasCount: 1, directiveCount: 2 });
    expect(() => refuseTooComplex(largest, limits)).not.toThrow();
  });

  it.each([
    ['depth', 4],
    ['fieldCount', 6],
    ['aliasCount', 2],
    ['directiveCount', 3],
  ])('refuses a %s of %i and names the limit', (name, value) => {
    expect(() => refuseTooComplex(size({ [name]: value }), limits)).toThrow(
      expect.objectContaining({
        code: 'TOO_COMPLEX',
        extensions: { code: 'TOO_COMPLEX', maximum: value - 1 },
      }),
    );
  });
});
