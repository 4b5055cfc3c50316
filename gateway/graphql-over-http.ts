// GraphQL over HTTP: one POST with JSON for one operation, and server-sent events for a subscription.
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { FormattedExecutionResult } from 'graphql';
import { ApiError } from '../platform/errors.ts';
import {
  errorAnswer,
  HttpRefusal,
  readBody,
  sendAnswer,
  statusByCode,
} from '../platform/http-message.ts';
import type { NodeListener } from '../platform/http-server.ts';
import { isApiErrorCode, type MaskError } from '../platform/error-mask.ts';
import type { Authenticate } from './authenticate.ts';
import { sendEvents, type EventStreams } from './event-streams.ts';
import { isStream, type RunOperation } from './operations.ts';
import type { OriginAllowed } from './origins.ts';
import { checkParams, type OperationParams, type PrepareOperation } from './prepare.ts';

export interface GraphqlOverHttp {
  readonly authenticate: Authenticate;
  readonly originAllowed: OriginAllowed;
  readonly prepare: PrepareOperation;
  readonly run: RunOperation;
  readonly streams: EventStreams;
  readonly bodyMaxBytes: number;
  readonly mask: MaskError;
  readonly newId: () => string;
  /** The page for people, in development; null refuses GET. */
  readonly explorer: string | null;
}

const EVENT_STREAM = 'text/event-stream';
const RESULT = 'application/graphql-response+json';
const ONE_DAY_SECONDS = '86400';

/** Answers everything itself, errors in the form of a GraphQL result. */
export function createGraphqlListener(parts: GraphqlOverHttp): NodeListener {
  return async (request, response) => {
    try {
      await answer(request, response, parts);
    } catch (error) {
      refuse(response, error, parts.mask);
    }
  };
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  parts: GraphqlOverHttp,
): Promise<void> {
  if (!parts.originAllowed(request)) {
    throw new HttpRefusal(403, 'Pages of this origin may not call.');
  }
  allowOrigin(request, response);
  if (request.method === 'OPTIONS') return answerPreflight(response);
  if (request.method === 'GET' && parts.explorer !== null) {
    const headers = { 'content-type': 'text/html; charset=utf-8' };
    return sendAnswer(response, { status: 200, headers, body: parts.explorer });
  }
  await answerOperation(request, response, parts);
}

async function answerOperation(
  request: IncomingMessage,
  response: ServerResponse,
  parts: GraphqlOverHttp,
): Promise<void> {
  refuseForms(request);
  const principal = await parts.authenticate(request.headers.authorization);
  const params = readParams(await readBody(request, parts.bodyMaxBytes));
  const call = { principal, requestId: parts.newId() };
  response.setHeader('x-request-id', call.requestId);
  const accepted = request.headers.accept ?? '';
  const wantsEvents = accepted.includes(EVENT_STREAM);
  const operation = parts.prepare(params);
  if ('errors' in operation) {
    const errors = operation.errors.map((error) => error.toJSON());
    return sendResult(response, accepted, { errors });
  }
  if (operation.kind === 'subscription' && !wantsEvents) {
    throw new HttpRefusal(
      406,
      `Subscriptions are answered as ${EVENT_STREAM}, or over a WebSocket.`,
    );
  }
  const outcome = await parts.run(operation, call);
  if (wantsEvents) return sendEvents(response, outcome, principal, parts.streams);
  if (isStream(outcome)) throw new Error('only subscriptions have a stream for an answer');
  sendResult(response, accepted, outcome);
}

/** A page of another origin can make a browser send forms and texts without asking; JSON it cannot. */
function refuseForms(request: IncomingMessage): void {
  if (request.method !== 'POST') {
    throw new HttpRefusal(405, 'GraphQL takes POST.', { allow: 'POST' });
  }
  const mediaType = (request.headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase();
  if (mediaType !== 'application/json') {
    throw new HttpRefusal(415, 'GraphQL takes application/json.');
  }
}

function readParams(body: Buffer): OperationParams {
  let parsed: unknown;
  try {
    parsed = JSON.parse(body.toString('utf8'));
  } catch {
    throw new ApiError('BAD_USER_INPUT', 'The body is no JSON.');
  }
  if (Array.isArray(parsed)) {
    throw new ApiError('BAD_USER_INPUT', 'One request is one operation; batches are refused.');
  }
  return checkParams(parsed);
}

function refuse(response: ServerResponse, error: unknown, mask: MaskError): void {
  const masked = mask(error);
  if (response.headersSent) return void response.destroy();
  const { status, headers } = errorAnswer(error, null);
  sendAnswer(response, { status, headers: headers ?? {}, json: { errors: [masked] } });
}

/** Clients that know the media type of GraphQL results get a status that speaks; to others a result is a 200. */
function sendResult(
  response: ServerResponse,
  accepted: string,
  result: FormattedExecutionResult,
): void {
  const knowsResults = accepted.includes(RESULT);
  const code = result.errors?.[0]?.extensions?.['code'];
  const refused = result.data === undefined && isApiErrorCode(code);
  const status = knowsResults && refused ? statusByCode[code] : 200;
  const type = knowsResults ? RESULT : 'application/json';
  const headers = { 'content-type': `${type}; charset=utf-8` };
  sendAnswer(response, { status, headers, body: JSON.stringify(result) });
}

function allowOrigin(request: IncomingMessage, response: ServerResponse): void {
  response.setHeader('vary', 'origin');
  if (request.headers.origin !== undefined) {
    response.setHeader('access-control-allow-origin', request.headers.origin);
    response.setHeader('access-control-expose-headers', 'x-request-id');
  }
}

function answerPreflight(response: ServerResponse): void {
  const headers = {
    'access-control-allow-methods': 'POST',
    'access-control-allow-headers': 'authorization, content-type',
    'access-control-max-age': ONE_DAY_SECONDS,
  };
  sendAnswer(response, { status: 204, headers });
}
