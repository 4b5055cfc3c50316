// Statements of a device: claims that it signs with the key that messages are sealed to, for one purpose and a short time.
import { decodeJsonObject } from './base64url.ts';
import { parseDeviceKey, parseDevicePrivateKey } from './device-key.ts';
import { check } from './errors.ts';
import { signJwsWith, verifyJwsWith } from './jws.ts';
import { CLOCK_SKEW_SECONDS, PROOF_AGE_MAX_SECONDS } from './proof-of-possession.ts';

const STATEMENT_CHARACTERS_MAX = 8_192;

/** What a statement is bound to. */
export interface StatementBinding {
  /** The JWS type: what it is for, so that no statement passes for another. */
  readonly typ: string;
  /** Tenant. */
  readonly aud: string;
  /** Device id. */
  readonly sub: string;
  /** Milliseconds since 1970, by the clock of whoever calls. */
  readonly now: number;
}

export interface DeviceStatement {
  readonly claims: Readonly<Record<string, unknown>>;
  /** Milliseconds since 1970, in whole seconds. */
  readonly issuedAt: number;
}

/** Makes a statement with the device's private JWK: for clients and tests. Throws DEVICE_KEY_INVALID. */
export function signDeviceStatement(
  jwk: unknown,
  { typ, aud, sub, now }: StatementBinding,
  claims: Readonly<Record<string, unknown>>,
): string {
  const { kid, privateKey } = parseDevicePrivateKey(jwk);
  const payload = JSON.stringify({ ...claims, aud, sub, iat: Math.floor(now / 1000) });
  return signJwsWith(privateKey, { kid, alg: 'ES256' }, { typ, payload });
}

/** Checks a statement against the device's public JWK: type, tenant and device must be the expected ones, and it is at
 *  most 5 minutes old (60 s of clock skew). Throws DEVICE_KEY_INVALID, TOKEN_INVALID, TOKEN_EXPIRED, SIGNATURE_INVALID. */
export function verifyDeviceStatement(
  statement: string,
  jwk: unknown,
  { typ, aud, sub, now }: StatementBinding,
): DeviceStatement {
  const sized = typeof statement === 'string' && statement.length <= STATEMENT_CHARACTERS_MAX;
  check(sized, 'TOKEN_INVALID', 'The statement is too long.');
  const { kty, crv, x, y } = parseDeviceKey(jwk).jwk;
  verifyJwsWith(statement, { kty, crv, x, y }, { algorithms: ['ES256'], typ });
  const claims = decodeJsonObject(statement.split('.')[1]) ?? {};
  check(claims['aud'] === aud, 'TOKEN_INVALID', 'The statement is for another tenant.');
  check(claims['sub'] === sub, 'TOKEN_INVALID', 'The statement is of another device.');
  const issuedAtSeconds = claims['iat'];
  check(Number.isSafeInteger(issuedAtSeconds), 'TOKEN_INVALID', 'The statement has no time.');
  const ageSeconds = now / 1000 - Number(issuedAtSeconds);
  const fresh = ageSeconds >= -CLOCK_SKEW_SECONDS && ageSeconds <= PROOF_AGE_MAX_SECONDS;
  check(fresh, 'TOKEN_EXPIRED', 'The statement is too old, or from the future.');
  return { claims, issuedAt: Number(issuedAtSeconds) * 1000 };
}
