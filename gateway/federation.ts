// The planner and its executor over the composed schema: one operation becomes fetches from subgraphs.
import { unifiedGraphHandler } from '@graphql-hive/router-runtime';
import { isAsyncIterable, type ExecutionRequest } from '@graphql-tools/utils';
import {
  buildSchema,
  GraphQLError,
  isEnumType,
  type ExecutionResult,
  type GraphQLSchema,
} from 'graphql';
import { assert } from '../platform/assert.ts';
import type { Principal } from '../platform/principal.ts';
import { mapStream, type Stream } from '../platform/stream.ts';
import type { PreparedOperation } from './prepare.ts';

/** One request of one caller; its identity ties together all fetches that are made for it. */
export interface Call {
  readonly principal: Principal;
  readonly requestId: string;
}

/** A fetch that the planner asks of one subgraph. */
export type SubgraphRequest = ExecutionRequest<Record<string, unknown>, Call>;

/** The way to one subgraph. Rejects only with errors that callers may see, or that the mask hides. */
export interface Transport {
  fetch(request: SubgraphRequest): Promise<ExecutionResult>;
  subscribe(request: SubgraphRequest): Promise<ExecutionResult | Stream<ExecutionResult>>;
  close(): Promise<void>;
}

export interface Federation {
  /** What clients may ask for: the composed schema without the machinery of federation. */
  readonly schema: GraphQLSchema;
  run(operation: PreparedOperation, call: Call): Promise<ExecutionResult | Stream<ExecutionResult>>;
}

/** Throws when the composed schema names a subgraph that no transport leads to. */
export async function createFederation(
  supergraphSdl: string,
  transports: ReadonlyMap<string, Transport>,
): Promise<Federation> {
  const unifiedGraph = buildSchema(supergraphSdl, { assumeValid: true, assumeValidSDL: true });
  refuseMissing(unifiedGraph, transports);
  const { unifiedGraph: schema, executor } = await unifiedGraphHandler({
    unifiedGraph,
    getUnifiedGraphSDL: () => supergraphSdl,
    onSubgraphExecute: (name, request) => {
      const transport = transports.get(name);
      assert(transport !== undefined, `no transport leads to the subgraph ${name}`);
      const fetch = request as SubgraphRequest;
      return request.operationType === 'subscription'
        ? openStream(transport, fetch)
        : transport.fetch(fetch);
    },
  });
  assert(executor !== undefined, 'the planner brings its executor');
  return {
    schema,
    async run(operation, call) {
      const result: unknown = await executor({
        document: operation.document,
        variables: { ...operation.variables },
        operationType: operation.kind,
        ...(operation.operationName === null ? {} : { operationName: operation.operationName }),
        context: call,
      });
      return isAsyncIterable(result)
        ? mapStream(result as AsyncIterable<ExecutionResult>, takeErrors)
        : (result as ExecutionResult);
    },
  };
}

/** The stream of the subgraph that the events come from. To the planner's executor, an event without data means "keep
 *  what the last event had", so it gets empty data instead. */
async function openStream(
  transport: Transport,
  request: SubgraphRequest,
): Promise<ExecutionResult | Stream<ExecutionResult>> {
  const stream = await transport.subscribe(request);
  if (!isAsyncIterable(stream)) return stream;
  return mapStream(
    stream,
    (event) => ({ ...event, data: event.data ?? {} }),
    (error) => ({ data: {}, errors: [asGraphQLError(error)] }),
  );
}

function asGraphQLError(error: unknown): GraphQLError {
  if (error instanceof GraphQLError) return error;
  return new GraphQLError('A stream broke.', { originalError: error as Error });
}

/** The executor keeps one list of errors for the life of a stream; each event takes away its own. */
function takeErrors(event: ExecutionResult): ExecutionResult {
  const errors = (event.errors as GraphQLError[] | undefined)?.splice(0) ?? [];
  const data = event.data ?? null;
  return errors.length > 0 ? { data, errors } : { data };
}

function refuseMissing(
  unifiedGraph: GraphQLSchema,
  transports: ReadonlyMap<string, Transport>,
): void {
  const graphs = unifiedGraph.getType('join__Graph');
  assert(isEnumType(graphs), 'the schema is composed from subgraphs');
  for (const { name } of graphs.getValues()) {
    assert(transports.has(name.toLowerCase()), `no transport leads to the subgraph ${name}`);
  }
}
