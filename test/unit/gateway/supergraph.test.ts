// Composing subgraphs: what fits becomes one schema, what does not is named.
import { describe, expect, it } from '@jest/globals';
import { composeSupergraph } from '../../../gateway/supergraph.ts';

const link =
  'extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key"])';
const a = {
  name: 'a',
  sdl: `${link} type Query { one: Thing } type Thing @key(fields: "id") { id: ID! }`,
};

describe('composeSupergraph', () => {
  it('joins the fields of an entity', () => {
    const b = { name: 'b', sdl: `${link} type Thing @key(fields: "id") { id: ID! size: Int }` };
    const composed = composeSupergraph([a, b]);
    expect(composed).toContain('size: Int @join__field(graph: B)');
    expect(composeSupergraph([a, b])).toBe(composed);
  });

  it('names what does not fit', () => {
    const b = { name: 'b', sdl: `${link} type Thing @key(fields: "key") { id: ID! }` };
    expect(() => composeSupergraph([a, b])).toThrow(/do not compose: .*key/);
  });
});
