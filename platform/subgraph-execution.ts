// Runs operations in a subgraph's schema: with its own context for every request and for every event of a subscription.
import {
  createSourceEventStream,
  execute,
  type DocumentNode,
  type ExecutionResult,
  type GraphQLSchema,
} from 'graphql';
import type { ApiErrorCode } from '../schema/error-codes.ts';
import { mapStream, type Stream } from './stream.ts';

export interface SubgraphOperation {
  readonly document: DocumentNode;
  readonly variables?: Readonly<Record<string, unknown>> | null | undefined;
  readonly operationName?: string | null | undefined;
}

/** Runs a query or a mutation. Variables that do not fit are BAD_USER_INPUT. */
export async function executeInSubgraph(
  schema: GraphQLSchema,
  operation: SubgraphOperation,
  contextValue: object,
): Promise<ExecutionResult> {
  return blameCaller(await execute({ ...argumentsOf(schema, operation), contextValue }));
}

/** Runs a subscription. `newContext` is called for the start and again for every event: loaders must not remember what
 *  an earlier event saw, and permission is asked anew. Ends at once when its reader leaves. */
export async function subscribeInSubgraph(
  schema: GraphQLSchema,
  operation: SubgraphOperation,
  newContext: () => object,
): Promise<ExecutionResult | Stream<ExecutionResult>> {
  const args = argumentsOf(schema, operation);
  const source = await createSourceEventStream({ ...args, contextValue: newContext() });
  if (!(Symbol.asyncIterator in source)) return blameCaller(source);
  return mapStream(source as AsyncIterable<unknown>, async (rootValue) =>
    execute({ ...args, rootValue, contextValue: newContext() }),
  );
}

function argumentsOf(schema: GraphQLSchema, operation: SubgraphOperation) {
  return {
    schema,
    document: operation.document,
    variableValues: operation.variables ?? {},
    operationName: operation.operationName ?? null,
  };
}

// A result without `data` never came to run. An error without a path there says that the operation does not fit the
// schema; one with a path comes from the resolver that should have opened the subscription.
function blameCaller(result: ExecutionResult): ExecutionResult {
  if ('data' in result) return result;
  const code: ApiErrorCode = 'BAD_USER_INPUT';
  for (const error of result.errors ?? []) {
    if (error.path === undefined) error.extensions['code'] ??= code;
  }
  return result;
}
