// Verifies a receipt that somebody holds in their hands: who signed it, whether the log holds it, whether it still stands.
import { verifyInclusionProof } from '../../crypto/checkpoint.ts';
import { CryptoError } from '../../crypto/errors.ts';
import { verifyJws } from '../../crypto/jws.ts';
import { equalBytes } from '../../crypto/mac.ts';
import { leafHash } from '../../crypto/merkle-log.ts';
import type { Jwks } from '../../crypto/signature.ts';
import { uuidOf } from '../../schema/ids.ts';
import type { ConsentDeps } from './deps.ts';
import { logOrigin, RECEIPT_TYPE } from './domain/receipt.ts';
import { leafOf } from './grow-log.ts';
import { issueReceipts } from './issue-receipts.ts';
import { findRecords } from './store/find-records.ts';

/** What may be wrong with a receipt. */
export const ReceiptProblem = {
  NOT_A_RECEIPT: 'NOT_A_RECEIPT',
  SIGNATURE_INVALID: 'SIGNATURE_INVALID',
  NOT_RECORDED: 'NOT_RECORDED',
  RECORD_ALTERED: 'RECORD_ALTERED',
  PROOF_MISSING: 'PROOF_MISSING',
  PROOF_INVALID: 'PROOF_INVALID',
} as const;
export type ReceiptProblem = (typeof ReceiptProblem)[keyof typeof ReceiptProblem];

export interface ReceiptVerdict {
  /** None: the receipt is the tenant's, its log holds it as it is, and a signed checkpoint covers it. */
  readonly problems: readonly ReceiptProblem[];
  /** UUID; null for what is no receipt of a record that the tenant has. */
  readonly consentId: string | null;
  /** Whether no later record took its place. */
  readonly standing: boolean;
}

/** proof: the one that came with the receipt; null: the log makes one. The answer tells nothing of other tenants. */
export async function verifyReceipt(
  deps: ConsentDeps,
  tenantId: string,
  { receipt, proof }: { readonly receipt: string; readonly proof: string | null },
): Promise<ReceiptVerdict> {
  const jwks = await deps.kms.jwks(tenantId);
  const opened = openReceipt(receipt, jwks);
  if ('problem' in opened) return { problems: [opened.problem], consentId: null, standing: false };
  const found = await deps.database.read(tenantId, (tx) =>
    findRecords(tx, tenantId, [opened.consentId]),
  );
  const record = found.get(opened.consentId);
  if (record === undefined) {
    return { problems: ['NOT_RECORDED'], consentId: null, standing: false };
  }
  const leaf = leafHash(opened.payload);
  const problems: ReceiptProblem[] = [];
  const same = equalBytes(leafOf(record), leaf) && equalBytes(record.leafHash, leaf);
  if (!same) problems.push('RECORD_ALTERED');
  const [issued] = proof === null ? await issueReceipts(deps, tenantId, [record.id]) : [];
  const text = proof ?? issued?.proof ?? null;
  if (text === null) problems.push('PROOF_MISSING');
  else if (!proves(text, { leaf, origin: logOrigin(tenantId), jwks })) {
    problems.push('PROOF_INVALID');
  }
  return { problems, consentId: record.id, standing: record.standing };
}

function openReceipt(
  receipt: string,
  jwks: Jwks,
): { readonly payload: Buffer; readonly consentId: string } | { readonly problem: ReceiptProblem } {
  try {
    const { payload } = verifyJws(receipt, jwks, {
      algorithms: ['Ed25519', 'ES256'],
      typ: RECEIPT_TYPE,
    });
    const { record_id: recordId } = JSON.parse(payload.toString()) as { record_id?: unknown };
    const consentId = typeof recordId === 'string' ? uuidOf('consent', recordId) : null;
    return consentId === null ? { problem: 'NOT_A_RECEIPT' } : { payload, consentId };
  } catch (error) {
    if (!(error instanceof CryptoError)) throw error;
    return { problem: error.code === 'TOKEN_INVALID' ? 'NOT_A_RECEIPT' : 'SIGNATURE_INVALID' };
  }
}

function proves(text: string, expected: Parameters<typeof verifyInclusionProof>[1]): boolean {
  try {
    verifyInclusionProof(text, expected);
    return true;
  } catch (error) {
    if (error instanceof CryptoError) return false;
    throw error;
  }
}
