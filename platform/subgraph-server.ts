// One subgraph behind the gateway's signature: Apollo Server for requests, WebSockets for subscriptions, one path for both.
import { ApolloServer, HeaderMap } from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginInlineTraceDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginSchemaReportingDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from '@apollo/server/plugin/disabled';
import { parse, type ExecutionResult, type GraphQLFormattedError } from 'graphql';
import type { Clock } from './clock.ts';
import { createErrorMask, type MaskError } from './error-mask.ts';
import { ApiError } from './errors.ts';
import { createGraphqlSockets, type GraphqlSockets } from './graphql-sockets.ts';
import type { HttpRequest, Route, UpgradeListener } from './http-server.ts';
import type { Log } from './log.ts';
import {
  createVerifier,
  SIGNATURE_EXTENSION,
  type SignatureKeys,
  type SignedOperation,
  type VerifyOperation,
} from './request-signature.ts';
import { subscribeInSubgraph } from './subgraph-execution.ts';
import type { ContextFor, Subgraph } from './subgraph.ts';

export interface SubgraphServerOptions {
  readonly subgraph: Subgraph;
  readonly contextFor: ContextFor;
  readonly keys: SignatureKeys;
  readonly clock: Clock;
  readonly newId: () => string;
  readonly log: Log;
}

export interface SubgraphServer {
  /** Where the gateway finds it: `/subgraphs/<name>`. */
  readonly path: string;
  readonly route: Route;
  readonly upgrade: UpgradeListener;
  close(): Promise<void>;
}

/** Lists of entities are longer than what a client may send. */
const BODY_MAX_BYTES = 8 * 1024 * 1024;
const SOCKET_PAYLOAD_MAX_BYTES = 1024 * 1024;
/** One for each gateway process. */
const SOCKETS_MAX = 1_000;

/** Serves the subgraph to whoever signs with one of the keys, and to nobody else. */
export async function createSubgraphServer(
  options: SubgraphServerOptions,
): Promise<SubgraphServer> {
  const { subgraph, contextFor } = options;
  const path = `/subgraphs/${subgraph.name}`;
  const verify = createVerifier({ ...options, audience: subgraph.name });
  const mask = createErrorMask(options);
  const apollo = createApollo(subgraph, mask, options.log);
  await apollo.start();
  const handle = async (request: HttpRequest) => {
    const { extensions, ...operation } = readOperation(request.body);
    const { principal, scope } = verify(operation, extensions?.[SIGNATURE_EXTENSION]);
    const { status, headers, body } = await apollo.executeHTTPGraphQLRequest({
      httpGraphQLRequest: {
        method: 'POST',
        headers: new HeaderMap([['content-type', 'application/json']]),
        search: '',
        body: operation,
      },
      context: async () => contextFor(principal, scope),
    });
    // Only @defer and @stream make chunks, and no subgraph has them.
    if (body.kind !== 'complete') throw new Error('a subgraph answered in parts');
    return { status: status ?? 200, headers: Object.fromEntries(headers), body: body.string };
  };
  const sockets = createSockets(options, verify, mask);
  return {
    path,
    route: { method: 'POST', path, bodyMaxBytes: BODY_MAX_BYTES, handle },
    upgrade: sockets.upgrade,
    async close() {
      await sockets.close();
      await apollo.stop();
    },
  };
}

function createApollo(subgraph: Subgraph, mask: MaskError, log: Log): ApolloServer {
  return new ApolloServer({
    schema: subgraph.schema,
    introspection: false,
    includeStacktraceInErrorResponses: false,
    stopOnTerminationSignals: false,
    // The signature is stronger than what the browser checks stand for.
    csrfPrevention: false,
    persistedQueries: false,
    logger: log,
    formatError: (_formatted, error) => mask(error, { subgraph: subgraph.name }),
    plugins: [
      ApolloServerPluginCacheControlDisabled(),
      ApolloServerPluginInlineTraceDisabled(),
      ApolloServerPluginLandingPageDisabled(),
      ApolloServerPluginSchemaReportingDisabled(),
      ApolloServerPluginUsageReportingDisabled(),
    ],
  });
}

function createSockets(
  { subgraph, contextFor, log }: SubgraphServerOptions,
  verify: VerifyOperation,
  mask: MaskError,
): GraphqlSockets {
  const masked = (error: unknown) => mask(error, { subgraph: subgraph.name });
  return createGraphqlSockets({
    payloadMaxBytes: SOCKET_PAYLOAD_MAX_BYTES,
    socketsMax: SOCKETS_MAX,
    log,
    protocol: {
      onSubscribe: (_socket, _id, payload) => {
        try {
          const { principal, scope } = verify(payload, payload.extensions?.[SIGNATURE_EXTENSION]);
          return {
            schema: subgraph.schema,
            document: parse(payload.query),
            variableValues: payload.variables,
            operationName: payload.operationName,
            contextValue: () => contextFor(principal, scope),
          };
        } catch (error) {
          if (error instanceof ApiError) return [error];
          throw error;
        }
      },
      subscribe: ({ document, variableValues, operationName, contextValue }) =>
        subscribeInSubgraph(
          subgraph.schema,
          { document, variables: variableValues, operationName },
          contextValue as () => object,
        ),
      execute: () => {
        throw new ApiError('BAD_USER_INPUT', 'This socket takes subscriptions only.');
      },
      onNext: (_socket, _id, _payload, _args, result) => maskResult(result, masked),
      onError: (_socket, _id, _payload, errors) => errors.map(masked),
    },
  });
}

function maskResult(
  result: ExecutionResult,
  masked: (error: unknown) => GraphQLFormattedError,
): ExecutionResult {
  if (result.errors === undefined) return result;
  return { ...result, errors: result.errors.map(masked) as never };
}

interface SentOperation extends SignedOperation {
  readonly extensions?: Readonly<Record<string, unknown>>;
}

function readOperation(body: Buffer): SentOperation {
  try {
    const parsed: unknown = JSON.parse(body.toString('utf8'));
    if (typeof (parsed as SentOperation | null)?.query === 'string') return parsed as SentOperation;
  } catch {
    // Answered like every other body that is no signed operation.
  }
  throw new ApiError('UNAUTHENTICATED', 'The operation is not signed.');
}
