// The door of consent management platforms: POST /cmp/<tenant>/<format>, proven over the raw bytes.
import type { IncomingHttpHeaders } from 'node:http';
import { ApiError } from '../../../platform/errors.ts';
import type { HttpAnswer } from '../../../platform/http-message.ts';
import type { HttpRequest, Route } from '../../../platform/http-server.ts';
import { TENANT_PATTERN } from '../../../platform/principal.ts';
import { CmpFormat } from '../../../schema/vocabulary.ts';
import type { WebhookSecrets } from '../webhook-secrets.ts';
import type { ConsentDeps } from '../deps.ts';
import { grantCmpToken } from '../grant-cmp-token.ts';
import { importCmpEvent } from '../import-cmp-event.ts';

/** An event with a hundred purposes has about ten kilobytes. */
const EVENT_BYTES_MAX = 65_536;
const FORM_BYTES_MAX = 4_096;
/** After this, Didomi asks for its token again. */
const TOKEN_SECONDS = 3_600;

export function cmpCallback(deps: ConsentDeps, secrets: WebhookSecrets): Route {
  return {
    method: 'POST',
    path: '/cmp/:tenant/:format',
    bodyMaxBytes: EVENT_BYTES_MAX,
    handle: async (request) => {
      const tenantId = tenantOf(request);
      const format = Object.values(CmpFormat).find(
        (known) => known.toLowerCase() === request.params['format'],
      );
      if (format === undefined) throw noSource();
      const headers = singleHeaders(request.headers);
      const { body } = request;
      const outcome = await importCmpEvent(deps, secrets, { tenantId, format, headers, body });
      switch (outcome.kind) {
        case 'taken': {
          const { recordedCount, replayed } = outcome;
          return { status: 200, json: { recordedCount, replayed } };
        }
        case 'no-source':
          throw noSource();
        case 'unproven':
          throw unproven();
        case 'refused': {
          const { problem, path, sentence } = outcome.refusal;
          deps.log.warn({ tenantId, format, problem, path }, 'consent event refused');
          throw new ApiError('BAD_USER_INPUT', sentence, { problem, path });
        }
        case 'contradicted':
          throw new ApiError('CONFLICT', 'This event came before with another body.');
      }
    },
  };
}

/** Didomi gets its bearer token where it is told to: POST /cmp/<tenant>/didomi/token. */
export function cmpToken(deps: ConsentDeps, secrets: WebhookSecrets): Route {
  return {
    method: 'POST',
    path: '/cmp/:tenant/didomi/token',
    bodyMaxBytes: FORM_BYTES_MAX,
    handle: async (request): Promise<HttpAnswer> => {
      const form = new URLSearchParams(request.body.toString());
      const token = await grantCmpToken(deps, secrets, tenantOf(request), {
        authorization: request.headers.authorization,
        clientSecret: form.get('client_secret') ?? '',
      });
      if (token === null || form.get('grant_type') !== 'client_credentials') throw unproven();
      return {
        status: 200,
        headers: { 'cache-control': 'no-store' },
        json: { access_token: token, token_type: 'Bearer', expires_in: TOKEN_SECONDS },
      };
    },
  };
}

function tenantOf({ params }: HttpRequest): string {
  const tenantId = params['tenant'] ?? '';
  if (!TENANT_PATTERN.test(tenantId)) throw noSource();
  return tenantId;
}

/** The same for a tenant that is not there and for one that does not listen. */
const noSource = () => new ApiError('NOT_FOUND', 'Nobody listens to consent events here.');

const unproven = () => new ApiError('UNAUTHENTICATED', 'The sender is not proven.');

function singleHeaders(headers: IncomingHttpHeaders): Record<string, string | undefined> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value[0] : value]),
  );
}
