// A push subscription as a browser gave it, read into its one spelling.
import { decodeBase64url } from '../../crypto/base64url.ts';
import { areKeys, PUSH_SECRET_BYTES } from '../../crypto/web-push.ts';
import type { Finding } from './domain/finding.ts';
import type { PushService } from './ports.ts';

/** As `PushSubscription.toJSON()` of the Push API gives it. */
export interface WrittenSubscription {
  readonly endpoint: string;
  readonly keys: { readonly p256dh: string; readonly auth: string };
}

export interface ReadSubscription {
  /** What tells it from all others: the push service gives each a URL of its own. */
  readonly endpoint: string;
  /** The same subscription as JSON, which is how a provider takes it. */
  readonly value: string;
}

const ENDPOINT_CHARACTERS_MAX = 2_048;

/** Or everything that is wrong with it. Nobody is asked: whether the service knows it shows at the first message. */
export function readSubscription(
  { endpoint: text, keys: { p256dh, auth } }: WrittenSubscription,
  service: Pick<PushService, 'admits'>,
): ReadSubscription | { readonly findings: readonly Finding[] } {
  const findings: Finding[] = [];
  const expect = (holds: boolean, path: readonly string[], sentence: string): void => {
    if (!holds) findings.push({ path: [...path], sentence });
  };
  const endpoint = endpointOf(text);
  expect(endpoint !== null, ['endpoint'], 'This is not an https URL of a push service.');
  const admitted = endpoint === null || service.admits(endpoint.host);
  expect(admitted, ['endpoint'], 'This push service is not one of those that are admitted.');
  const [point, secret] = [decodeBase64url(p256dh), decodeBase64url(auth)];
  const isSecret = secret?.byteLength === PUSH_SECRET_BYTES;
  expect(isSecret, ['keys', 'auth'], `It is ${PUSH_SECRET_BYTES} bytes in base64url.`);
  const isPoint =
    point !== null && areKeys({ p256dh: point, auth: Buffer.alloc(PUSH_SECRET_BYTES) });
  expect(isPoint, ['keys', 'p256dh'], 'It is a point on the curve P-256, 65 bytes in base64url.');
  if (endpoint === null || findings.length > 0) return { findings };
  const { href } = endpoint;
  return { endpoint: href, value: JSON.stringify({ endpoint: href, keys: { p256dh, auth } }) };
}

function endpointOf(text: string): URL | null {
  if (text.length > ENDPOINT_CHARACTERS_MAX || !URL.canParse(text)) return null;
  const url = new URL(text);
  const plain = url.username === '' && url.password === '' && url.hash === '';
  return url.protocol === 'https:' && plain ? url : null;
}
