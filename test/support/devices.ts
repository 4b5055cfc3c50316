// Devices in tests: keys with both halves, honest proofs, and registrations by GraphQL.
import { generateKeyPairSync, type JsonWebKey } from 'node:crypto';
import { proveProofOfPossession } from '../../crypto/proof-of-possession.ts';
import type { Answer, Asker, People } from './people.ts';

export interface TestKey {
  /** The private half too. */
  readonly jwk: JsonWebKey;
  readonly publicKey: Pick<JsonWebKey, 'kty' | 'crv' | 'x' | 'y'>;
}

/** A new key of a device, both halves. */
export function newKey(): TestKey {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const jwk = privateKey.export({ format: 'jwk' });
  const { kty, crv, x, y } = jwk;
  return { jwk, publicKey: { kty, crv, x, y } };
}

export const DEVICE_FIELDS = `id platform kid fingerprint keyVersion attestation state identityVerifiedAt
  fingerprintConfirmedAt retiredKeys { kid keyVersion }
  clientVersion osBuild registeredAt reportedAt revokedAt`;

const ERRORS = 'errors { __typename ... on UserError { code path message } }';

/** What devices do, against these people. */
export function devicesOf(people: People) {
  const ask = async (name: string, selection: string, input: object, asker: Asker) => {
    const type = `${name[0]?.toUpperCase()}${name.slice(1)}Input`;
    const document = `mutation ($input: ${type}!) { ${name}(input: $input) { ${selection} ${ERRORS} } }`;
    const answer: Answer = await people.ask('recipients', document, { input }, asker);
    if (answer.errors) throw new Error(JSON.stringify(answer.errors));
    return answer.data[name];
  };
  const device = `device { ${DEVICE_FIELDS} }`;
  const proofOf = (key: TestKey, sub: string, nonce: string, aud = 'acme'): string =>
    proveProofOfPossession(key.jwk, { aud, sub, nonce, now: people.clock.time });
  const challengeFor = async (recipientId: string, asker: Asker = {}): Promise<string> => {
    const { challenge } = await ask(
      'createDeviceChallenge',
      'challenge { nonce }',
      { recipientId },
      asker,
    );
    return challenge.nonce;
  };
  /** The whole input of an honest registration. */
  const honest = async (recipientId: string, key = newKey()) => {
    const challenge = await challengeFor(recipientId);
    const proof = proofOf(key, recipientId, challenge);
    return { recipientId, platform: 'IOS', publicKey: key.publicKey, challenge, proof };
  };
  return {
    proofOf,
    challengeFor,
    honest,
    register: (input: object, asker: Asker = {}) => ask('registerDevice', device, input, asker),
    revoke: (deviceId: string, asker: Asker = {}) =>
      ask('revokeDevice', device, { deviceId }, asker),
    rotate: (input: object, asker: Asker = {}) => ask('rotateDeviceKey', device, input, asker),
    report: (input: object, asker: Asker = {}) =>
      ask('reportDeviceCapabilities', device, input, asker),
    confirm: (input: object, asker: Asker = {}) =>
      ask('confirmDeviceFingerprint', device, input, asker),
    remove: (input: object, asker: Asker = {}) =>
      ask('removeDevices', `devices { ${DEVICE_FIELDS} }`, input, asker),
    recover: (input: object, asker: Asker = {}) =>
      ask('recoverDevices', `${device} revokedCount`, input, asker),
    /** The person as the API shows it. */
    of: async (id: string) => {
      const { data } = await people.ask(
        'recipients',
        `query ($id: ID!) { recipient(id: $id) { devices { ${DEVICE_FIELDS} }
           channels { channel protections capability { supported nativeE2ee features carrier source checkedAt expiresAt } } } }`,
        { id },
      );
      return data.recipient;
    },
  };
}
