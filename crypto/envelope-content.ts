// What stands inside an envelope: a JWS by the tenant's key that repeats whom it is from, for, and which message it is.
import { check } from './errors.ts';
import type { EnvelopeHeader, OpenedEnvelope } from './envelope.ts';
import { signJws, verifyJws } from './jws.ts';
import { KeyUse, type Kms } from './kms.ts';
import { SignatureAlgorithm, type Jwks } from './signature.ts';

export const CONTENT_TYPE = 'msg-content+jwt';

/** Signs `content` (any JSON value) for one envelope with the key of the tenant `header.iss`. The result is the `content`
 *  of `sealEnvelope`: sign, then encrypt, with the names inside (RFC 8725 section 3.9), so that a recipient cannot hand
 *  the signed content on as if it were meant for someone else. */
export function signContent(kms: Kms, header: EnvelopeHeader, content: unknown): Promise<string> {
  const { iss, sub, jti, iat, exp } = header;
  const payload = JSON.stringify({ iss, sub, jti, iat, exp, content });
  return signJws(kms, { tenant: iss, use: KeyUse.signing }, { typ: CONTENT_TYPE, payload });
}

/** The signed content of an opened envelope. jwks: the public keys of the expected tenant alone. Throws TOKEN_INVALID when
 *  inside and outside name different messages, and what `verifyJws` throws. */
export function verifyContent({ header, content }: OpenedEnvelope, jwks: Jwks): unknown {
  const { payload } = verifyJws(content.toString('utf8'), jwks, {
    algorithms: Object.values(SignatureAlgorithm),
    typ: CONTENT_TYPE,
  });
  const claims = JSON.parse(payload.toString('utf8')) as Record<string, unknown>;
  const names = ['iss', 'sub', 'jti', 'iat', 'exp'] as const;
  const same = names.every((name) => claims[name] === header[name]);
  check(same, 'TOKEN_INVALID', 'The content was signed for another envelope.');
  return claims['content'];
}
