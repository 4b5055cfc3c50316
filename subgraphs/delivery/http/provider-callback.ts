// The door of the providers: POST /callbacks/<provider id>, verified over the raw bytes.
import { ApiError } from '../../../platform/errors.ts';
import type { Route } from '../../../platform/http-server.ts';
import type { DeliveryDeps } from '../context.ts';
import type { TakeCallback } from '../take-callback.ts';

export function providerCallback(deps: DeliveryDeps, takeCallback: TakeCallback): Route {
  return {
    method: 'POST',
    path: '/callbacks/:provider',
    bodyMaxBytes: deps.settings.callbackMaxBytes,
    handle: async (request) => {
      const provider = deps.providers.get(request.params['provider'] ?? '');
      if (provider === undefined) throw new ApiError('NOT_FOUND', 'There is no such provider.');
      const { search } = new URL(request.url, 'http://unused');
      const taken = await takeCallback(provider, {
        // The public URL, as the provider was told it: never rebuilt from the Host header.
        url: `${deps.settings.callbackBaseUrl}/${provider.id}${search}`,
        headers: singleHeaders(request.headers),
        body: request.body,
      });
      switch (taken.kind) {
        case 'kept':
          return { status: 200, json: { kept: true } };
        case 'handshake':
          return { status: 200, headers: { 'content-type': 'text/plain' }, body: taken.answer };
        case 'forged':
          throw new ApiError('FORBIDDEN', 'The signature does not fit.');
      }
    },
  };
}

function singleHeaders(
  headers: Readonly<Record<string, string | string[] | undefined>>,
): Record<string, string | undefined> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value[0] : value]),
  );
}
