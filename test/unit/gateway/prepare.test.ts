// What may run: the rules for documents and variables, before any subgraph is asked.
import { describe, expect, it } from '@jest/globals';
import { buildSchema, GraphQLError, GraphQLScalarType } from 'graphql';
import { gatewayOptions } from '../../../gateway/options.ts';
import { checkParams, createPrepareOperation } from '../../../gateway/prepare.ts';
import { readConfig } from '../../../platform/config.ts';

const limits = readConfig({ gateway: gatewayOptions }, {}).gateway;
const schema = buildSchema(`
  scalar Even
  enum Colour { RED GREEN }
  input Wanted { colour: Colour = RED, even: Even! }
  type Query { count(even: Even, wanted: Wanted): Int }
  type Mutation { change: Int }
  type Subscription { changed: Int }
`);
const parseEven = (value: unknown) => {
  if (typeof value !== 'number' || value % 2 !== 0) throw new GraphQLError('That is not even.');
  return value;
};
const even = new GraphQLScalarType({
  name: 'Even',
  parseValue: parseEven,
  parseLiteral: (node) => parseEven(node.kind === 'IntValue' ? Number(node.value) : undefined),
});
const prepareWith = (openSchema: boolean) =>
  createPrepareOperation({ schema, scalars: [even], limits, openSchema });
const prepare = prepareWith(false);

function messagesOf(prepared: ReturnType<typeof prepare>): readonly string[] {
  return 'errors' in prepared ? prepared.errors.map(({ message }) => message) : [];
}

describe('an operation', () => {
  it.each([
    ['query', '{ count }'],
    ['mutation', 'mutation { change }'],
    ['subscription', 'subscription { changed }'],
  ])('that is a %s is prepared as one', (kind, query) => {
    expect(prepare({ query })).toMatchObject({ kind, operationName: null, variables: {} });
  });

  it('of the same text is the same document, so that its plan is found again', () => {
    const [one, two] = [prepare({ query: '{ count }' }), prepare({ query: '{ count }' })];
    expect('document' in one && 'document' in two && one.document === two.document).toBe(true);
  });

  it('with a bad literal of a custom scalar is refused', () => {
    expect(messagesOf(prepare({ query: '{ count(even: 3) }' }))).toEqual(['That is not even.']);
    expect(messagesOf(prepare({ query: '{ count(even: 4) }' }))).toEqual([]);
  });

  it('with a bad variable of a custom scalar is refused, and a good one kept as it was sent', () => {
    const query = 'query ($wanted: Wanted) { count(wanted: $wanted) }';
    const [message] = messagesOf(prepare({ query, variables: { wanted: { even: 3 } } }));
    expect(message).toContain('That is not even.');
    const variables = { wanted: { even: 4 } };
    expect(prepare({ query, variables })).toMatchObject({ variables });
  });

  it('with a misspelt field or value gets suggestions only where the schema is open', () => {
    const query = 'query ($wanted: Wanted) { count(wanted: $wanted) }';
    const variables = { wanted: { even: 2, colour: 'REDD' } };
    for (const params of [{ query: '{ coun }' }, { query, variables }]) {
      expect(messagesOf(prepareWith(true)(params)).join()).toContain('Did you mean');
      const [hidden] = messagesOf(prepare(params));
      expect(hidden).toBeDefined();
      expect(hidden).not.toContain('Did you mean');
    }
  });

  it('may introspect only where the schema is open', () => {
    const params = { query: '{ __schema { queryType { name } } }' };
    expect(messagesOf(prepareWith(true)(params))).toEqual([]);
    expect(messagesOf(prepare(params))[0]).toContain('introspection has been disabled');
  });

  it('with many faults gets ten of them and no more', () => {
    const query = `{ ${Array.from({ length: 200 }, (_, i) => `wrong${i}`).join(' ')} }`;
    expect(messagesOf(prepare({ query })).length).toBeLessThanOrEqual(11);
  });

  it('is refused with a public code in every case', () => {
    for (const query of ['{', '{ wrong }', '{ count(even: 3) }', `{ ${'count '.repeat(3_000)} }`]) {
      const prepared = prepare({ query });
      if (!('errors' in prepared)) throw new Error('this should have been refused');
      for (const { extensions } of prepared.errors) {
        expect(['BAD_USER_INPUT', 'TOO_COMPLEX']).toContain(extensions['code']);
      }
    }
  });
});

describe('parameters', () => {
  it('are kept, and what is no parameter is dropped', () => {
    const sent = { query: 'q', variables: null, operationName: 'A', extensions: { trusted: true } };
    const kept = { query: 'q', variables: null, operationName: 'A' };
    expect(checkParams(sent)).toEqual(kept);
  });

  it.each([
    [null],
    ['text'],
    [{}],
    [{ query: 1 }],
    [{ query: 'q', variables: 'v' }],
    [{ query: 'q', variables: [] }],
    [{ query: 'q', operationName: 1 }],
  ])('%j are refused', (sent) => {
    expect(() => checkParams(sent)).toThrow(expect.objectContaining({ code: 'BAD_USER_INPUT' }));
  });
});
