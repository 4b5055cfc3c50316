// The public keys that a tenant's envelopes are signed with: devices verify whom a message is from.
import type { Route } from '../../../platform/http-server.ts';
import { TENANT_PATTERN } from '../../../platform/principal.ts';
import type { MessagesDeps } from '../deps.ts';

export function publicKeys({ kms }: Pick<MessagesDeps, 'kms'>): Route {
  return {
    method: 'GET',
    path: '/tenants/:tenant/keys',
    bodyMaxBytes: 0,
    handle: async ({ params }) => {
      const tenant = params['tenant'] ?? '';
      // A tenant that never signed anything and one that does not exist look the same.
      const keys = TENANT_PATTERN.test(tenant) ? await kms.jwks(tenant) : { keys: [] };
      // Public to every site: an app in a browser verifies too.
      const headers = { 'cache-control': 'max-age=300', 'access-control-allow-origin': '*' };
      return { status: 200, headers, json: keys };
    },
  };
}
