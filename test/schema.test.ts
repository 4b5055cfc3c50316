// The contracts: what is committed is what the code prints, every word of it is described, and names follow the rules.
import { readFile } from 'node:fs/promises';
import { beforeAll, describe, expect, it } from '@jest/globals';
import {
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isIntrospectionType,
  isObjectType,
  isSpecifiedScalarType,
  type GraphQLNamedType,
  type GraphQLSchema,
} from 'graphql';
import { readSupergraph } from '../gateway/supergraph.ts';
import { buildSubgraphs } from '../parts.ts';
import { contracts } from '../contracts.ts';
import { PROJECT_DIRECTORY } from '../wiring.ts';

const subgraphs = Object.values(buildSubgraphs());
const ROOTS = ['Query', 'Mutation', 'Subscription'];
/** What federation adds by itself. */
const isMachinery = (type: GraphQLNamedType): boolean =>
  type.name.startsWith('_') ||
  isIntrospectionType(type) ||
  isSpecifiedScalarType(type) ||
  /^(federation__|link__|FieldSet)/.test(type.name);

const typesOf = (schema: GraphQLSchema): GraphQLNamedType[] =>
  Object.values(schema.getTypeMap()).filter((type) => !isMachinery(type));

describe('the contracts', () => {
  let printed: ReadonlyMap<string, string>;

  beforeAll(() => {
    printed = contracts();
  });

  it('are committed as the code prints them; otherwise run npm run schema', async () => {
    for (const [file, text] of printed) {
      const committed = await readFile(new URL(file, PROJECT_DIRECTORY), 'utf8').catch(() => '');
      expect({ file, text: committed }).toEqual({ file, text });
    }
  });

  it('compose into what the gateway reads', async () => {
    const committed = await readSupergraph(new URL('schema/supergraph.graphql', PROJECT_DIRECTORY));
    expect(committed).toBe(printed.get('schema/supergraph.graphql'));
  });

  it.each(subgraphs.map(({ name, schema }) => [name, schema] as const))(
    'describe every type, field, argument and value of %s',
    (_, schema) => {
      const bare = typesOf(schema).flatMap((type) => [
        ...(ROOTS.includes(type.name) || type.description ? [] : [type.name]),
        ...membersOf(type)
          .filter(({ description }) => !description)
          .map(({ path }) => path),
      ]);
      expect(bare).toEqual([]);
    },
  );

  it.each(subgraphs.map(({ name, schema }) => [name, schema] as const))(
    'give each mutation of %s one input, and a payload with errors',
    (_, schema) => {
      const fields = Object.values(schema.getMutationType()?.getFields() ?? {});
      for (const field of fields) {
        expect([field.name, field.args.map(({ name }) => name)]).toEqual([field.name, ['input']]);
        const payload = String(field.type).replaceAll('!', '');
        const type = schema.getType(payload);
        expect(isObjectType(type) && Object.keys(type.getFields())).toContain('errors');
      }
    },
  );
});

interface Member {
  readonly path: string;
  readonly description: string | null | undefined;
}

function membersOf(type: GraphQLNamedType): Member[] {
  if (isEnumType(type)) {
    return type
      .getValues()
      .map(({ name, description }) => ({ path: `${type.name}.${name}`, description }));
  }
  if (isInputObjectType(type)) {
    return Object.values(type.getFields()).map(({ name, description }) => ({
      path: `${type.name}.${name}`,
      description,
    }));
  }
  if (!isObjectType(type) && !isInterfaceType(type)) return [];
  return Object.values(type.getFields())
    .filter(({ name }) => !name.startsWith('_'))
    .flatMap(({ name, description, args }) => [
      { path: `${type.name}.${name}`, description },
      ...args.map((arg) => ({
        path: `${type.name}.${name}(${arg.name})`,
        description: arg.description,
      })),
    ]);
}
