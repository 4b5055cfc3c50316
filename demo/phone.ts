// The recipient's phone: an app with a key of its own, which opens what no carrier can read.
import { generateKeyPairSync } from 'node:crypto';
import { verifyContent } from '../crypto/envelope-content.ts';
import { openEnvelope } from '../crypto/envelope.ts';
import { proveProofOfPossession } from '../crypto/proof-of-possession.ts';
import { StoryError, type Json, type Platform } from './platform.ts';

export interface Phone {
  /** For a person to compare with what the platform shows. */
  readonly fingerprint: string;
  /** Follows a secure link and opens what is behind it. */
  open(link: string): Promise<{ title: string | null; body: string }>;
}

/** Makes a key that never leaves the phone, proves that it is there, and registers it. */
export async function registerPhone(platform: Platform, recipientId: string): Promise<Phone> {
  const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const alg = 'HPKE-7-KE';
  const jwk = { ...pair.privateKey.export({ format: 'jwk' }), alg };
  const { kty, crv, x, y } = jwk;
  const challenged = await platform.ask(
    `mutation ($input: CreateDeviceChallengeInput!) {
       createDeviceChallenge(input: $input) { challenge { nonce } } }`,
    { input: { recipientId } },
  );
  const { nonce } = challenged.createDeviceChallenge.challenge;
  const proof = proveProofOfPossession(jwk, {
    aud: TENANT,
    sub: recipientId,
    nonce,
    now: Date.now(),
  });
  const registered = await platform.ask(
    `mutation ($input: RegisterDeviceInput!) {
       registerDevice(input: $input) { device { fingerprint } errors { ... on UserError { message } } } }`,
    {
      input: {
        recipientId,
        platform: 'ANDROID',
        publicKey: { kty, crv, x, y, alg },
        challenge: nonce,
        proof,
      },
    },
  );
  const { device, errors } = registered.registerDevice;
  if (device === null) throw new StoryError(`The device was refused: ${errors[0].message}`);
  return {
    fingerprint: device.fingerprint,
    async open(link) {
      const fetched = await fetch(link, { headers: { accept: 'application/jose+json' } });
      const expect = { iss: TENANT, sub: recipientId, now: Date.now() };
      const opened = await openEnvelope((await fetched.json()) as Json, { jwk, expect });
      const keys = await fetch(new URL(`/tenants/${TENANT}/keys`, link));
      return verifyContent(opened, (await keys.json()) as Json) as Json;
    },
  };
}

/** The tenant of the development token. */
const TENANT = 'demo';
