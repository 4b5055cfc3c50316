// Attestations by WebAuthn: packed, android-key, apple, tpm and none, of whatever platform the app runs on.
//
// @simplewebauthn/server reads the formats; who is trusted is decided here. Its own check of certificates goes by the
// process's clock and roots, and fetches revocation lists from addresses that stand in the certificates, for android-key
// even before it knows who signed them. So it is given no roots and no chain that it could follow.
import type { X509Certificate } from 'node:crypto';
import { SettingsService, verifyRegistrationResponse } from '@simplewebauthn/server';
import { decodeAttestationObject, isoCBOR } from '@simplewebauthn/server/helpers';
import {
  attestationChallenge,
  type Attestation,
  type AttestationEvidence,
  type AttestedLevel,
} from './attestation.ts';
import { decodeBase64url, encodeBase64url } from './base64url.ts';
import { pathToRoot } from './certificate-path.ts';
import { check, CryptoError } from './errors.ts';

const FORMATS = ['none', 'packed', 'android-key', 'apple', 'tpm'] as const;
type Format = (typeof FORMATS)[number];

const CLIENT_DATA_CHARACTERS_MAX = 4_096;
/** Certificates of a chain are below 2 kB each. */
const OBJECT_CHARACTERS_MAX = 32_768;
const CODE = 'ATTESTATION_INVALID';

/** The DER of 2.5.29.31, which opens the extension that names revocation lists. */
const REVOCATION_LISTS = Buffer.from('0603551d1f', 'hex');

/** Google's and Apple's roots, as the library ships them. */
const makersRoots: Readonly<Record<Format, readonly string[]>> = {
  none: [],
  packed: [],
  'android-key': SettingsService.getRootCertificates({ identifier: 'android-key' }),
  apple: SettingsService.getRootCertificates({ identifier: 'apple' }),
  tpm: [],
};

/** See `Attestation`. A chain for packed or tpm needs a root of the caller: makers of authenticators are many. */
export function createWebAuthnAttestation(): Attestation {
  for (const identifier of FORMATS) {
    if (identifier !== 'none') {
      SettingsService.setRootCertificates({ identifier, certificates: [] });
    }
  }
  return {
    async verify(evidence, challenge, { kid }, { rpId, origins, roots, now }) {
      const { format, statement, authData } = read(evidence);
      const chain = chainOf(statement);
      if (chain !== null) {
        const path = pathToRoot(chain, [...makersRoots[format], ...roots], now);
        if (format === 'android-key') statement.set('x5c', shortened(path));
      }
      // Written again, so that the library reads nothing but what was read here.
      const attestationObject = new Map<string, unknown>([
        ['fmt', format],
        ['attStmt', statement],
        ['authData', authData],
      ]);
      const { clientDataJson } = evidence;
      const object = encodeBase64url(isoCBOR.encode(attestationObject as never));
      const expect = { challenge: attestationChallenge(challenge, kid), rpId, origins };
      await verifyFormat({ clientDataJson, attestationObject: object }, kid, expect);
      return levelOf(format, chain !== null);
    },
  };
}

/** The library follows an Android chain whatever its roots. The key's certificate and the next one lead it nowhere else. */
function shortened(path: readonly X509Certificate[]): Uint8Array[] {
  const pair = path.slice(0, 2).map(({ raw }) => raw);
  const quiet = pair.every((raw) => !raw.includes(REVOCATION_LISTS));
  check(quiet, CODE, 'The certificates of an Android key name no revocation list.');
  return pair.map((raw) => new Uint8Array(raw));
}

interface ReadEvidence {
  readonly format: Format;
  readonly statement: Map<string, unknown>;
  readonly authData: Uint8Array;
}

function read({ clientDataJson, attestationObject }: AttestationEvidence): ReadEvidence {
  const sized =
    clientDataJson.length <= CLIENT_DATA_CHARACTERS_MAX &&
    attestationObject.length <= OBJECT_CHARACTERS_MAX;
  check(sized, CODE, 'The evidence is too long.');
  const bytes = decodeBase64url(attestationObject);
  check(bytes !== null && decodeBase64url(clientDataJson) !== null, CODE, 'It is no base64url.');
  try {
    const object = decodeAttestationObject(new Uint8Array(bytes));
    const format = FORMATS.find((known) => known === object.get('fmt'));
    check(format, CODE, `The format of an attestation is ${FORMATS.join(', ')}.`);
    const statement: unknown = object.get('attStmt');
    check(statement instanceof Map, CODE, 'The attestation has no statement.');
    return { format, statement, authData: object.get('authData') };
  } catch (cause) {
    if (cause instanceof CryptoError) throw cause;
    throw new CryptoError(CODE, 'The attestation object is malformed.', { cause });
  }
}

/** The certificates of a statement, or null when it has none. */
function chainOf(statement: ReadonlyMap<string, unknown>): readonly Uint8Array[] | null {
  const chain = statement.get('x5c');
  if (chain === undefined) return null;
  const isChain = Array.isArray(chain) && chain.every((one) => one instanceof Uint8Array);
  check(isChain, CODE, 'The chain of an attestation is a list of certificates.');
  return chain;
}

async function verifyFormat(
  { clientDataJson, attestationObject }: AttestationEvidence,
  kid: string,
  expect: {
    readonly challenge: string;
    readonly rpId: string;
    readonly origins: readonly string[];
  },
): Promise<void> {
  let verified: boolean;
  try {
    ({ verified } = await verifyRegistrationResponse({
      response: {
        // Nobody signs in with the credential, so its own id is of no account.
        id: kid,
        rawId: kid,
        type: 'public-key',
        clientExtensionResults: {},
        response: { clientDataJSON: clientDataJson, attestationObject },
      },
      expectedChallenge: expect.challenge,
      expectedOrigin: [...expect.origins],
      expectedRPID: expect.rpId,
      requireUserVerification: false,
    }));
  } catch (cause) {
    const sentence =
      'The attestation is not for this challenge, key and app, or breaks a rule of its format.';
    throw new CryptoError(CODE, sentence, { cause });
  }
  check(verified, CODE, 'The signature of the attestation does not hold.');
}

function levelOf(format: Format, certified: boolean): AttestedLevel {
  if (certified) return 'CERTIFIED';
  return format === 'none' ? 'NONE' : 'SELF';
}
