// Turns TypeGraphQL resolver classes into a federation 2 subgraph: an executable schema and the SDL to compose.
import { buildSubgraphSchema } from '@apollo/subgraph';
import { printSchemaWithDirectives } from '@graphql-tools/utils';
import {
  lexicographicSortSchema,
  parse,
  type GraphQLResolveInfo,
  type GraphQLScalarType,
  type GraphQLSchema,
} from 'graphql';
import { buildSchemaSync, createResolversMap, type NonEmptyArray } from 'type-graphql';
import { assert, AssertionFailure } from './assert.ts';
import type { Principal } from './principal.ts';

/** What belongs to one request of a client, or to one event of its subscription. */
export interface RequestScope {
  /** Found again in the logs of every process that took part. */
  readonly requestId: string;
}

/** Makes what resolvers get as their context. Called once per subgraph and scope, so loaders live in it. */
export type ContextFor = (principal: Principal, scope: RequestScope) => object;

/** Loads an entity from its key; null when nothing with that key can be seen. Works like a resolver, with the
 *  subgraph's context, whether the gateway is in the same process or not. */
export type ReferenceResolver = (
  reference: Readonly<Record<string, unknown>>,
  context: never,
  info: GraphQLResolveInfo,
) => unknown;

/** The classes that a subgraph's GraphQL is made of. */
export interface SubgraphParts {
  readonly resolvers: NonEmptyArray<Function>;
  /** Types that no resolver returns, such as stubs of foreign entities and members of interfaces. */
  readonly orphanedTypes?: readonly Function[];
  /** By type name. An entity without one is taken as it was referred to. */
  readonly references?: Readonly<Record<string, ReferenceResolver>>;
  /** Which scalar stands for a class such as Date. */
  readonly scalars?: readonly { readonly type: Function; readonly scalar: GraphQLScalarType }[];
}

export interface SubgraphSource extends SubgraphParts {
  /** A word without dashes: it is part of paths and of the composed schema. */
  readonly name: string;
}

export interface Subgraph {
  readonly name: string;
  /** Has `_entities` and `_service`: for the gateway only, never for clients. */
  readonly schema: GraphQLSchema;
  /** Sorted by name, with descriptions: the same classes print the same text in any order of imports. */
  readonly sdl: string;
}

const NAME = /^[a-z][a-z0-9_]*$/;
const FEDERATION = 'https://specs.apollo.dev/federation/v2.9';
const FEDERATION_DIRECTIVES = [
  '@external',
  '@inaccessible',
  '@interfaceObject',
  '@key',
  '@provides',
  '@requires',
  '@shareable',
  '@tag',
];

/** Builds the subgraph. Throws when classes and references do not fit together; the rules of federation between
 *  subgraphs are checked by composition. */
export function buildSubgraph(source: SubgraphSource): Subgraph {
  assert(NAME.test(source.name), `a subgraph's name is a word, unlike ${source.name}`);
  const plain = buildSchemaSync({
    resolvers: source.resolvers,
    orphanedTypes: [...(source.orphanedTypes ?? [])],
    scalarsMap: [...(source.scalars ?? [])],
    validate: false,
    // Without federation directives the schema is not valid yet; buildSubgraphSchema checks it below.
    skipCheck: true,
    // TypeGraphQL asks for one as soon as a subscription exists, even when each has its own `subscribe`.
    pubSub: { publish: noTopics, subscribe: noTopics },
  });
  const printed = printSchemaWithDirectives(lexicographicSortSchema(plain));
  const used = FEDERATION_DIRECTIVES.filter((name) => new RegExp(`${name}\\b`).test(printed));
  const imports = used.map((name) => JSON.stringify(name)).join(', ');
  const sdl = `extend schema @link(url: "${FEDERATION}", import: [${imports}])\n\n${printed}\n`;
  const resolvers = createResolversMap(plain) as Record<string, object>;
  for (const [typeName, resolveReference] of Object.entries(source.references ?? {})) {
    const fields = resolvers[typeName];
    assert(
      fields !== undefined,
      `${source.name} resolves references to ${typeName}, which it does not have`,
    );
    resolvers[typeName] = { ...fields, __resolveReference: resolveReference };
  }
  const schema = buildSubgraphSchema([{ typeDefs: parse(sdl), resolvers: resolvers as never }]);
  return { name: source.name, schema, sdl };
}

function noTopics(): never {
  throw new AssertionFailure('a subscription brings its own source of events');
}
