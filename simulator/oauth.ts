// The token endpoint of a Google service account: takes a signed assertion (RFC 7523), gives bearer tokens.
import { createPublicKey, randomBytes } from 'node:crypto';
import { jwtVerify } from 'jose';
import type { Answer, Incoming } from './server.ts';

/** What Google gives a customer to download. */
export interface ServiceAccount {
  readonly type: 'service_account';
  readonly client_email: string;
  /** PKCS #8 PEM, RSA. */
  readonly private_key: string;
  readonly token_uri: string;
}

export interface TokenEndpoint {
  grant(incoming: Incoming, ttlSeconds: number): Promise<Answer>;
  /** Whether the request carries a token that is still good. */
  admits(incoming: Incoming): boolean;
}

const GRANT_TYPE = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
const SCOPE = 'https://www.googleapis.com/auth/rcsbusinessmessaging';
const TOKENS_MAX = 10_000;

export function createTokenEndpoint(
  account: Pick<ServiceAccount, 'client_email' | 'private_key'>,
): TokenEndpoint {
  const publicKey = createPublicKey(account.private_key);
  const expiries = new Map<string, number>();
  return {
    grant: async (incoming, ttlSeconds) => {
      const form = new URLSearchParams(incoming.body.toString());
      if (form.get('grant_type') !== GRANT_TYPE) return refused('unsupported_grant_type');
      try {
        const { payload } = await jwtVerify(form.get('assertion') ?? '', publicKey, {
          algorithms: ['RS256'],
          issuer: account.client_email,
          audience: `http://${incoming.headers.host}${incoming.path}`,
          maxTokenAge: '1h',
        });
        if (payload['scope'] !== SCOPE) return refused('invalid_scope');
      } catch {
        return refused('invalid_grant');
      }
      const token = `ya29.${randomBytes(24).toString('base64url')}`;
      expiries.set(token, Date.now() + ttlSeconds * 1000);
      const [oldest] = expiries.size > TOKENS_MAX ? expiries.keys() : [];
      if (oldest !== undefined) expiries.delete(oldest);
      const body = { access_token: token, expires_in: ttlSeconds, token_type: 'Bearer' };
      return { status: 200, body };
    },
    admits: ({ headers }) => {
      const token = /^Bearer (.+)$/.exec(headers.authorization ?? '')?.[1] ?? '';
      return (expiries.get(token) ?? 0) > Date.now();
    },
  };
}

function refused(error: string): Answer {
  return { status: 400, body: { error, error_description: 'Invalid JWT.' } };
}
