// Checks what a device signed and what vouches for it, and turns what can be wrong with it into a refusal.
import type { AttestationEvidence } from '../../crypto/attestation.ts';
import type { DeviceKey } from '../../crypto/device-key.ts';
import { verifyDeviceStatement, type DeviceStatement } from '../../crypto/device-statement.ts';
import { CryptoError, type CryptoErrorCode } from '../../crypto/errors.ts';
import { verifyProofOfPossession } from '../../crypto/proof-of-possession.ts';
import { InvalidInput, WrongState } from '../../schema/user-errors.ts';
import type { AttestationLevel } from '../../schema/vocabulary.ts';
import type { RecipientsWork } from './deps.ts';
import { checkChallenge } from './device-challenge.ts';
import { suffices } from './domain/attestation-policy.ts';
import { AttestationPolicyTable } from './store/attestation-policy.table.ts';
import { ProofInvalid } from './user-errors.ts';

/** A key, the proof that somebody holds its private half, and perhaps what vouches for that somebody. */
export interface KeyProof {
  readonly tenantId: string;
  /** `rcp_...` */
  readonly recipientId: string;
  /** A public JWK from outside, unchecked. */
  readonly publicKey: object;
  readonly challenge: string;
  /** A compact JWS, see crypto/proof-of-possession.ts. */
  readonly proof: string;
  readonly attestation: AttestationEvidence | null;
}

export interface ProvenKey extends DeviceKey {
  readonly attestation: AttestationLevel;
}

/** What evidence, challenge, proof and statement can have wrong with them; everything else is a fault of ours. */
const PROOF_FAULTS: readonly CryptoErrorCode[] = [
  'TOKEN_INVALID',
  'TOKEN_EXPIRED',
  'SIGNATURE_INVALID',
  'ATTESTATION_INVALID',
];

/** The key, once challenge, proof and attestation hold; otherwise why not. now: milliseconds since 1970. */
export async function proveDeviceKey(
  deps: RecipientsWork,
  request: KeyProof,
  now: number,
): Promise<ProvenKey | InvalidInput | WrongState | ProofInvalid> {
  const { tenantId, recipientId, publicKey, challenge, proof } = request;
  let key: DeviceKey;
  try {
    await checkChallenge(deps.kms, { tenantId, recipientId }, { challenge, now });
    const claims = { aud: tenantId, sub: recipientId, nonce: challenge, now };
    key = verifyProofOfPossession(proof, publicKey, claims);
  } catch (error) {
    if (error instanceof CryptoError && error.code === 'DEVICE_KEY_INVALID') {
      return new InvalidInput(['publicKey'], error.message);
    }
    return refusalOf(error, 'proof');
  }
  const attestation = await attestedLevel(deps, request, key, now);
  return typeof attestation === 'string' ? { ...key, attestation } : attestation;
}

/** What vouches for the key, once it is what the tenant requires; otherwise why not. */
async function attestedLevel(
  deps: RecipientsWork,
  { tenantId, challenge, attestation }: KeyProof,
  key: DeviceKey,
  now: number,
): Promise<AttestationLevel | WrongState | ProofInvalid> {
  const policy = await deps.database.read(tenantId, ({ em }) =>
    em.findOne(AttestationPolicyTable, { tenantId }),
  );
  if (policy === null) {
    if (attestation === null) return 'NONE';
    const sentence = 'Attestations count once configureAttestation has said for which app.';
    return new WrongState(['attestation'], sentence);
  }
  let level: AttestationLevel = 'NONE';
  try {
    if (attestation !== null) {
      level = await deps.attestation.verify(attestation, challenge, key, { ...policy, now });
    }
  } catch (error) {
    return refusalOf(error, 'attestation');
  }
  if (suffices(level, policy.required)) return level;
  return new ProofInvalid(['attestation'], `The tenant requires the level ${policy.required}.`);
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
