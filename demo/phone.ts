// The recipient's phone: an app with a key of its own, which opens what no carrier can read.
import { generateKeyPairSync } from 'node:crypto';
import { verifyContent } from '../crypto/envelope-content.ts';
import { envelopeDigest, openEnvelope } from '../crypto/envelope.ts';
import { proveProofOfPossession } from '../crypto/proof-of-possession.ts';
import { accepted, type Json, type Platform } from './platform.ts';
import { StoryError } from './story-error.ts';

export interface Opened {
  /** The message that the envelope says it is. */
  readonly messageId: string;
  /** SHA-256 of the envelope, as the platform's own record has it. */
  readonly digest: string;
  readonly title: string;
  readonly body: string;
}

export interface Phone {
  /** For a person to compare with what the platform shows. */
  readonly fingerprint: string;
  /** Follows a secure link, opens the envelope behind it and verifies who signed what is inside. Throws CryptoError where
   *  anything of it does not fit. */
  open(link: string): Promise<Opened>;
}

const ALGORITHM = 'HPKE-7-KE';

/** Makes a key that never leaves the phone, proves that it is there, and registers it. */
export async function registerPhone(platform: Platform, recipientId: string): Promise<Phone> {
  const { tenant } = platform;
  const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const jwk = { ...pair.privateKey.export({ format: 'jwk' }), alg: ALGORITHM };
  const { kty, crv, x, y, alg } = jwk;
  const { challenge } = accepted(
    await platform.mutate('createDeviceChallenge', { recipientId }, 'challenge { nonce }'),
  );
  const claims = { aud: tenant, sub: recipientId, nonce: challenge.nonce, now: Date.now() };
  const input = {
    recipientId,
    platform: 'ANDROID',
    publicKey: { kty, crv, x, y, alg },
    challenge: challenge.nonce,
    proof: proveProofOfPossession(jwk, claims),
  };
  const { device } = accepted(
    await platform.mutate('registerDevice', input, 'device { fingerprint }'),
  );
  return {
    fingerprint: device.fingerprint,
    async open(link) {
      const envelope = await fetched(link, 'application/jose+json');
      const expect = { iss: tenant, sub: recipientId, now: Date.now() };
      const opened = await openEnvelope(envelope, { jwk, expect });
      const keys = await fetched(new URL(`/tenants/${tenant}/keys`, link), 'application/json');
      const content = verifyContent(opened, keys) as { title: string; body: string };
      return { messageId: opened.header.jti, digest: envelopeDigest(envelope), ...content };
    },
  };
}

async function fetched(address: string | URL, accept: string): Promise<Json> {
  const response = await fetch(address, { headers: { accept } });
  if (!response.ok) throw new StoryError(`The phone got ${response.status} from ${address}.`);
  return response.json();
}
