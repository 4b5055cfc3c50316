// Checks what a device signed, and turns what can be wrong with it into a refusal; a fault of ours stays a fault.
import type { DeviceKey } from '../../crypto/device-key.ts';
import { verifyDeviceStatement, type DeviceStatement } from '../../crypto/device-statement.ts';
import { CryptoError, type CryptoErrorCode } from '../../crypto/errors.ts';
import { verifyProofOfPossession } from '../../crypto/proof-of-possession.ts';
import { InvalidInput } from '../../schema/user-errors.ts';
import type { RecipientsWork } from './deps.ts';
import { checkChallenge } from './device-challenge.ts';
import { ProofInvalid } from './user-errors.ts';

/** A key and the proof that somebody holds its private half. */
export interface KeyProof {
  readonly tenantId: string;
  /** `rcp_...` */
  readonly recipientId: string;
  /** A public JWK from outside, unchecked. */
  readonly publicKey: object;
  readonly challenge: string;
  /** A compact JWS, see crypto/proof-of-possession.ts. */
  readonly proof: string;
}

/** What challenge, proof and statement can have wrong with them; everything else is a fault of ours. */
const PROOF_FAULTS: readonly CryptoErrorCode[] = [
  'TOKEN_INVALID',
  'TOKEN_EXPIRED',
  'SIGNATURE_INVALID',
];

/** The key, once challenge and proof hold; otherwise why not. now: milliseconds since 1970. */
export async function proveDeviceKey(
  { kms }: RecipientsWork,
  { tenantId, recipientId, publicKey, challenge, proof }: KeyProof,
  now: number,
): Promise<DeviceKey | InvalidInput | ProofInvalid> {
  try {
    await checkChallenge(kms, { tenantId, recipientId }, { challenge, now });
    const claims = { aud: tenantId, sub: recipientId, nonce: challenge, now };
    return verifyProofOfPossession(proof, publicKey, claims);
  } catch (error) {
    if (error instanceof CryptoError && error.code === 'DEVICE_KEY_INVALID') {
      return new InvalidInput(['publicKey'], error.message);
    }
    return refusalOf(error, 'proof');
  }
}

/** What a device states, once its signature holds; otherwise why not. `field` is the input that holds it. */
export function readStatement(
  statement: string,
  jwk: object | null,
  expect: Parameters<typeof verifyDeviceStatement>[2] & { readonly field: string },
): DeviceStatement | ProofInvalid {
  try {
    return verifyDeviceStatement(statement, jwk, expect);
  } catch (error) {
    return refusalOf(error, expect.field);
  }
}

function refusalOf(error: unknown, field: string): ProofInvalid {
  if (!(error instanceof CryptoError) || !PROOF_FAULTS.includes(error.code)) throw error;
  return new ProofInvalid([field], error.message);
}
