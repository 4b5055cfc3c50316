// Who sends, proven to each push service (VAPID, RFC 8292): a token for its origin, signed with the key that browsers know.
import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { SignJWT } from 'jose';
import { encodeBase64url } from '../../crypto/base64url.ts';
import { importPrivateScalar, pointOf } from '../../crypto/p256.ts';
import type { Clock } from '../../platform/clock.ts';
import { ConfigurationError } from '../../platform/config.ts';

/** RFC 8292 section 2 allows a day; some services refuse that where clocks differ. */
const LIFE_MS = 12 * 3_600_000;
/** A token close to its end is not used any more. */
const MARGIN_MS = 3_600_000;
/** Services with a name for each of their parts have many origins. */
const ORIGINS_MAX = 1_000;

export interface Vapid {
  /** What a page subscribes with: the public key's point, in base64url. */
  readonly applicationServerKey: string;
  /** The value of the header `authorization` for this origin. */
  authorizationFor(origin: string): Promise<string>;
}

/** subject: whom a push service may write to, as `mailto:` or `https:`. */
export function createVapid(privateKey: KeyObject, subject: string, clock: Clock): Vapid {
  const applicationServerKey = applicationServerKeyOf(privateKey);
  const tokens = new Map<
    string,
    { readonly token: Promise<string>; readonly usableUntil: number }
  >();
  const sign = (origin: string, now: number): Promise<string> =>
    new SignJWT({ sub: subject })
      .setProtectedHeader({ alg: 'ES256', typ: 'JWT' })
      .setAudience(origin)
      .setExpirationTime(Math.floor((now + LIFE_MS) / 1_000))
      .sign(privateKey);
  const tokenFor = (origin: string): Promise<string> => {
    const now = clock.now();
    const cached = tokens.get(origin);
    if (cached !== undefined && now < cached.usableUntil) return cached.token;
    const token = sign(origin, now);
    tokens.delete(origin);
    tokens.set(origin, { token, usableUntil: now + LIFE_MS - MARGIN_MS });
    const [oldest] = tokens.size > ORIGINS_MAX ? tokens.keys() : [];
    if (oldest !== undefined) tokens.delete(oldest);
    return token;
  };
  return {
    applicationServerKey,
    authorizationFor: async (origin) =>
      `vapid t=${await tokenFor(origin)}, k=${applicationServerKey}`,
  };
}

export function applicationServerKeyOf(privateKey: KeyObject): string {
  return encodeBase64url(pointOf(createPublicKey(privateKey)));
}

/** The key as PEM, or as the 43 characters of base64url that most tools print. Throws ConfigurationError. */
export function readVapidKey(text: string, variable: string): KeyObject {
  const key = importPrivateScalar(text.trim()) ?? pemKeyOrNull(text);
  if (key?.asymmetricKeyDetails?.namedCurve === 'prime256v1') return key;
  throw new ConfigurationError(
    `${variable} must be a private key on P-256, in PEM or as 43 characters of base64url.`,
  );
}

/** A variable may hold the lines of a PEM with `\n` between them. */
function pemKeyOrNull(text: string): KeyObject | null {
  try {
    return createPrivateKey(text.replaceAll('\\n', '\n'));
  } catch {
    return null;
  }
}
