// Subscriptions and queries over WebSockets: the same callers and limits as over HTTP, and an end with the token.
import type { ExecutionResult, GraphQLSchema } from 'graphql';
import type { Context } from 'graphql-ws';
import type { Clock } from '../platform/clock.ts';
import type { MaskError } from '../platform/error-mask.ts';
import { ApiError } from '../platform/errors.ts';
import {
  createGraphqlSockets,
  FORBIDDEN_CLOSE_CODE,
  TRY_AGAIN_LATER_CLOSE_CODE,
  type GraphqlSockets,
  type SocketExtra,
} from '../platform/graphql-sockets.ts';
import type { Log } from '../platform/log.ts';
import type { Principal } from '../platform/principal.ts';
import type { Authenticate } from './authenticate.ts';
import type { Call } from './federation.ts';
import type { RunOperation } from './operations.ts';
import type { GatewaySettings } from './options.ts';
import type { OriginAllowed } from './origins.ts';
import { checkParams, type PreparedOperation, type PrepareOperation } from './prepare.ts';

export interface SocketsParts {
  readonly authenticate: Authenticate;
  readonly originAllowed: OriginAllowed;
  readonly prepare: PrepareOperation;
  readonly run: RunOperation;
  readonly mask: MaskError;
  readonly schema: GraphQLSchema;
  readonly settings: GatewaySettings;
  readonly clock: Clock;
  readonly log: Log;
  readonly newId: () => string;
}

const PAYLOAD_MAX_BYTES = 256 * 1024;
const INIT_TIMEOUT_MS = 3_000;
/** What a timer can hold; a socket that is as old as this opens anew. */
const LIFE_MAX_MS = 86_400_000;

type SocketContext = Context<Record<string, unknown>, SocketExtra>;

/** What is known of a socket since its token was accepted. */
interface Session {
  readonly principal: Principal;
  readonly expiry: NodeJS.Timeout;
}

export function createSockets(parts: SocketsParts): GraphqlSockets {
  const sessions = new WeakMap<SocketContext, Session>();
  const run = ({ contextValue }: { contextValue?: unknown }) => {
    const { operation, call } = contextValue as { operation: PreparedOperation; call: Call };
    return parts.run(operation, call) as Promise<ExecutionResult>;
  };
  return createGraphqlSockets({
    payloadMaxBytes: PAYLOAD_MAX_BYTES,
    socketsMax: parts.settings.socketsMax,
    refusalOf: (request) => (parts.originAllowed(request) ? null : 403),
    log: parts.log,
    protocol: {
      connectionInitWaitTimeout: INIT_TIMEOUT_MS,
      onConnect: (socket) => openSession(socket, parts, sessions),
      onClose: (socket) => clearTimeout(sessions.get(socket)?.expiry),
      onSubscribe(socket, _id, payload) {
        try {
          const session = sessions.get(socket);
          if (session === undefined) throw new ApiError('UNAUTHENTICATED', 'Nobody is known here.');
          return prepareForSocket(socket, payload, session.principal, parts);
        } catch (error) {
          if (error instanceof ApiError) return [error];
          throw error;
        }
      },
      execute: run,
      subscribe: run,
      // Results are made fit to be seen by the time they come here.
      onNext: (_socket, _id, _payload, _args, result) => result,
      onError: (_socket, _id, _payload, errors) => errors.map((error) => parts.mask(error)),
    },
  });
}

/** False closes the socket with 4403. */
async function openSession(
  socket: SocketContext,
  { authenticate, clock }: SocketsParts,
  sessions: WeakMap<SocketContext, Session>,
): Promise<boolean> {
  try {
    const principal = await authenticate(socket.connectionParams?.['authorization']);
    if (!socket.extra.isOpen()) return false;
    const lifeMs = Math.min(principal.expiresAt * 1000 - clock.now(), LIFE_MAX_MS);
    const end = () => socket.extra.close(FORBIDDEN_CLOSE_CODE, 'Token expired');
    sessions.set(socket, { principal, expiry: setTimeout(end, lifeMs) });
    return true;
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    if (error.code === 'UNAVAILABLE') socket.extra.close(TRY_AGAIN_LATER_CLOSE_CODE, error.message);
    return false;
  }
}

function prepareForSocket(
  socket: SocketContext,
  payload: unknown,
  principal: Principal,
  { prepare, schema, settings, newId }: SocketsParts,
) {
  if (Object.keys(socket.subscriptions).length > settings.socketOperationsMax) {
    const sentence = `A socket runs ${settings.socketOperationsMax} operations at a time.`;
    throw new ApiError('RATE_LIMITED', sentence);
  }
  const operation = prepare(checkParams(payload));
  if ('errors' in operation) return operation.errors;
  if (operation.kind === 'mutation') {
    throw new ApiError('BAD_USER_INPUT', 'Mutations are sent over HTTP.');
  }
  const call: Call = { principal, requestId: newId() };
  return {
    schema,
    document: operation.document,
    operationName: operation.operationName,
    contextValue: { operation, call },
  };
}
