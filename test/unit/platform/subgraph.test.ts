// Building a subgraph from classes: its SDL, its references and its subscriptions.
import 'reflect-metadata';
import { describe, expect, it } from '@jest/globals';
import { execute, parse, subscribe } from 'graphql';
import {
  Arg,
  Directive,
  Field,
  ID,
  ObjectType,
  Query,
  Resolver,
  Root,
  Subscription,
  registerEnumType,
} from 'type-graphql';
import { buildSubgraph } from '../../../platform/subgraph.ts';

const Colour = { RED: 'RED', GREEN: 'GREEN' } as const;
registerEnumType(Colour, { name: 'Colour', description: 'What it looks like.' });

@ObjectType({ description: 'Something.' })
@Directive('@key(fields: "id")')
class Thing {
  @Field(() => ID, { description: 'Its key.' })
  id!: string;

  @Field(() => Colour, { deprecationReason: 'Things have many colours.' })
  colour!: keyof typeof Colour;

  @Field()
  @Directive('@shareable')
  label!: string;
}

@ObjectType()
@Directive('@key(fields: "id", resolvable: false)')
class Stub {
  @Field(() => ID)
  id!: string;
}

@Resolver()
class ThingResolver {
  @Query(() => Thing, { nullable: true })
  thing(@Arg('zeta') zeta: string, @Arg('alpha', { nullable: true }) alpha: string): Thing | null {
    return { id: zeta + alpha, colour: 'RED', label: '' };
  }

  @Subscription(() => String, {
    subscribe: async function* () {
      yield 1;
      yield 2;
    },
  })
  counted(@Root() number: number): string {
    return `number ${number}`;
  }
}

const references = {
  Thing: ({ id }: { id?: unknown }, context: { label: string }) =>
    id === 'gone' ? null : { id, colour: 'GREEN', label: context.label },
};
const build = () =>
  buildSubgraph({ name: 'things', resolvers: [ThingResolver], orphanedTypes: [Stub], references });

describe('buildSubgraph', () => {
  it('prints sorted SDL with descriptions that links exactly the directives in use', () => {
    expect(build().sdl)
      .toBe(`extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@shareable"])

schema {
  query: Query
  subscription: Subscription
}

"""What it looks like."""
enum Colour {
  GREEN
  RED
}

type Query {
  thing(alpha: String, zeta: String!): Thing
}

type Stub @key(fields: "id", resolvable: false) {
  id: ID!
}

type Subscription {
  counted: String!
}

"""Something."""
type Thing @key(fields: "id") {
  colour: Colour! @deprecated(reason: "Things have many colours.")
  """Its key."""
  id: ID!
  label: String! @shareable
}
`);
  });

  it('prints the same text every time', () => {
    expect(build().sdl).toBe(build().sdl);
  });

  it('resolves references with the context, and null for what is not there', async () => {
    const document = parse(`query ($r: [_Any!]!) { _entities(representations: $r) {
      __typename ... on Thing { id colour label } } }`);
    const ids = ['1', 'gone'].map((id) => ({ __typename: 'Thing', id }));
    const contextValue = { label: 'from the context' };
    const variableValues = { r: ids };
    const result = await execute({
      schema: build().schema,
      document,
      contextValue,
      variableValues,
    });
    expect(JSON.parse(JSON.stringify(result))).toEqual({
      data: {
        _entities: [
          { __typename: 'Thing', id: '1', colour: 'GREEN', label: 'from the context' },
          null,
        ],
      },
    });
  });

  it('keeps the source of a subscription', async () => {
    const document = parse('subscription { counted }');
    const stream = await subscribe({ schema: build().schema, document });
    const events: unknown[] = [];
    for await (const { data } of stream as AsyncIterable<{ data: object }>)
      events.push({ ...data });
    expect(events).toEqual([{ counted: 'number 1' }, { counted: 'number 2' }]);
  });

  it('refuses references to a type that it does not have, and names that composition cannot use', () => {
    const wrong = { Nothing: () => null };
    expect(() =>
      buildSubgraph({ name: 'things', resolvers: [ThingResolver], references: wrong }),
    ).toThrow('references to Nothing');
    expect(() => buildSubgraph({ name: 'my-things', resolvers: [ThingResolver] })).toThrow(
      'a word',
    );
  });
});
