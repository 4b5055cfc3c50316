// From what a client sent to an operation that may run: parsed, measured, validated, its variables checked.
import {
  getOperationAST,
  getVariableValues,
  GraphQLError,
  isScalarType,
  NoSchemaIntrospectionCustomRule,
  parse,
  specifiedRules,
  validate,
  type DocumentNode,
  type GraphQLScalarType,
  type GraphQLSchema,
  type OperationTypeNode,
} from 'graphql';
import { MapperKind, mapSchema } from '@graphql-tools/utils';
import { isApiErrorCode } from '../platform/error-mask.ts';
import { ApiError } from '../platform/errors.ts';
import type { ApiErrorCode } from '../schema/error-codes.ts';
import { measureDocument, refuseTooComplex } from './limits.ts';
import type { GatewaySettings } from './options.ts';

/** The parameters of a GraphQL request, of the right types but otherwise as they came. */
export interface OperationParams {
  readonly query: string;
  readonly variables?: Readonly<Record<string, unknown>> | null | undefined;
  readonly operationName?: string | null | undefined;
}

export interface PreparedOperation {
  readonly kind: OperationTypeNode;
  readonly document: DocumentNode;
  readonly operationName: string | null;
  readonly variables: Readonly<Record<string, unknown>>;
}

/** Why an operation does not run: every error has a public code. */
export interface RefusedOperation {
  readonly errors: readonly GraphQLError[];
}

export type PrepareOperation = (params: OperationParams) => PreparedOperation | RefusedOperation;

export interface PrepareOptions {
  readonly schema: GraphQLSchema;
  /** By name they stand in for the scalars of the composed schema, which only knows their names: bad values are refused
   *  here, before any subgraph is asked. */
  readonly scalars: readonly GraphQLScalarType[];
  readonly limits: GatewaySettings;
  /** Allows introspection, and suggestions in errors. */
  readonly openSchema: boolean;
}

const REMEMBERED_DOCUMENTS = 1_000;
const REMEMBERED_MAX_CHARACTERS = 10_000;
const ERRORS_MAX = 10;
/** The parser tells it by its sentence alone. */
const TOO_MANY_TOKENS = /more tha[nt] \d+ tokens/;

export function createPrepareOperation(options: PrepareOptions): PrepareOperation {
  const schema = withScalars(options.schema, options.scalars);
  const hideSuggestions = !options.openSchema;
  const rules = options.openSchema
    ? specifiedRules
    : [...specifiedRules, NoSchemaIntrospectionCustomRule];
  const checkDocument = (text: string): DocumentNode | RefusedOperation => {
    const document = parseWithin(text, options.limits.tokenCountMax);
    refuseTooComplex(measureDocument(document), options.limits);
    const faults = validate(schema, document, rules, { maxErrors: ERRORS_MAX, hideSuggestions });
    return faults.length > 0 ? { errors: faults.map(withCode) } : document;
  };
  // The plan of an operation is remembered with its document, so the same text must be the same document.
  const checked = remember(checkDocument);
  return ({ query, variables, operationName }) => {
    try {
      const document = checked(query);
      if ('errors' in document) return document;
      const operation = getOperationAST(document, operationName);
      if (!operation) return { errors: [badInput('The document has no such operation.')] };
      const given = variables ?? {};
      const definitions = operation.variableDefinitions ?? [];
      const limits = { maxErrors: ERRORS_MAX, hideSuggestions };
      const { errors } = getVariableValues(schema, definitions, given, limits);
      if (errors !== undefined) return { errors: errors.map(withCode) };
      const kind = operation.operation;
      return { kind, document, operationName: operationName ?? null, variables: given };
    } catch (error) {
      if (error instanceof GraphQLError) return { errors: [withCode(error)] };
      throw error;
    }
  };
}

/** Throws BAD_USER_INPUT unless `value` has a query of text, variables of an object, and an operation's name of text. */
export function checkParams(value: unknown): OperationParams {
  if (!isObject(value)) throw new ApiError('BAD_USER_INPUT', 'The request is no object.');
  const { query, variables, operationName } = value;
  if (typeof query !== 'string') throw new ApiError('BAD_USER_INPUT', 'The query is missing.');
  if (variables !== undefined && variables !== null && !isObject(variables)) {
    throw new ApiError('BAD_USER_INPUT', 'The variables are no object.');
  }
  if (operationName !== undefined && operationName !== null && typeof operationName !== 'string') {
    throw new ApiError('BAD_USER_INPUT', 'The name of the operation is no text.');
  }
  return { query, variables, operationName };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function withScalars(schema: GraphQLSchema, scalars: readonly GraphQLScalarType[]): GraphQLSchema {
  const byName = new Map(scalars.map((scalar) => [scalar.name, scalar]));
  return mapSchema(schema, {
    [MapperKind.TYPE]: (type) => (isScalarType(type) ? (byName.get(type.name) ?? type) : type),
  });
}

function parseWithin(text: string, tokenCountMax: number): DocumentNode {
  try {
    return parse(text, { maxTokens: tokenCountMax });
  } catch (error) {
    if (!(error instanceof GraphQLError) || !TOO_MANY_TOKENS.test(error.message)) throw error;
    const sentence = `The document has more than ${tokenCountMax} tokens.`;
    throw new ApiError('TOO_COMPLEX', sentence, { maximum: tokenCountMax });
  }
}

function badInput(sentence: string): GraphQLError {
  return withCode(new GraphQLError(sentence));
}

function withCode(error: GraphQLError): GraphQLError {
  const code: ApiErrorCode = 'BAD_USER_INPUT';
  if (!isApiErrorCode(error.extensions['code'])) error.extensions['code'] = code;
  return error;
}

/** Remembers the results for the texts that were used last; long texts are worked out every time. */
function remember<T extends object>(work: (text: string) => T): (text: string) => T {
  const known = new Map<string, T>();
  return (text) => {
    const found = known.get(text);
    if (found !== undefined) {
      known.delete(text);
      known.set(text, found);
      return found;
    }
    const result = work(text);
    if (text.length <= REMEMBERED_MAX_CHARACTERS) known.set(text, result);
    const [oldest] = known.keys();
    if (known.size > REMEMBERED_DOCUMENTS && oldest !== undefined) known.delete(oldest);
    return result;
  };
}
