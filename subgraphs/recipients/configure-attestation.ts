// Sets for which app a tenant's devices attest their keys, whose roots count beside the makers', and what is required.
import { isAuthority } from '../../crypto/certificate-path.ts';
import { InvalidInput } from '../../schema/user-errors.ts';
import type { AttestationLevel } from '../../schema/vocabulary.ts';
import type { RecipientsWork } from './deps.ts';
import { findPolicyFault } from './domain/attestation-policy.ts';
import {
  AttestationPolicyTable,
  type AttestationPolicyRow,
} from './store/attestation-policy.table.ts';

export interface ConfigureAttestationRequest {
  readonly tenantId: string;
  readonly rpId: string;
  readonly origins: readonly string[];
  /** Certificates in PEM. */
  readonly roots: readonly string[];
  readonly required: AttestationLevel;
}

export interface ConfigureAttestationResult {
  readonly policy: AttestationPolicyRow | null;
  readonly errors: InvalidInput[];
}

/** Replaces what was configured before. Devices that are registered stay as they are. */
export async function configureAttestation(
  deps: RecipientsWork,
  { tenantId, rpId, origins, roots, required }: ConfigureAttestationRequest,
): Promise<ConfigureAttestationResult> {
  const fault = findPolicyFault({ rpId, origins, roots });
  if (fault !== null) return refuse(fault.path, fault.sentence);
  const strange = roots.findIndex((root) => !isAuthority(root));
  if (strange >= 0) {
    return refuse(['roots', String(strange)], 'A root is the certificate of an authority, in PEM.');
  }
  const updatedAt = new Date(deps.clock.now());
  const row = { tenantId, rpId, origins: [...origins], roots: [...roots], required, updatedAt };
  await deps.database.transaction(tenantId, async ({ em }) => {
    await em.upsert(AttestationPolicyTable, row);
  });
  return { policy: row, errors: [] };
}

function refuse(path: readonly string[], sentence: string): ConfigureAttestationResult {
  return { policy: null, errors: [new InvalidInput(path, sentence)] };
}
