// Verifies a one-time code: tries come one after the other, each counted before it is answered.
import { isCode } from '../../crypto/one-time-code.ts';
import type { Transaction } from '../../platform/database.ts';
import type { MessagesDeps } from './deps.ts';
import { afterTry, TRIES_MAX, verdictOn, type CodeVerdict } from './domain/one-time-code.ts';
import { purposeOf } from './issue-code.ts';
import { lockCode, saveTry } from './store/one-time-codes.ts';

export interface VerifiedCode {
  readonly verdict: CodeVerdict;
  readonly triesLeft: number;
}

interface Try {
  readonly tenantId: string;
  /** UUID of the message that carried the code. */
  readonly messageId: string;
  readonly code: string;
}

/** Null when the tenant issued no code with that message. */
export async function verifyCode(
  deps: Pick<MessagesDeps, 'database' | 'kms' | 'clock'>,
  tried: Try,
): Promise<VerifiedCode | null> {
  return deps.database.transaction(tried.tenantId, (tx) => verifyCodeIn(tx, deps, tried));
}

/** The same in the caller's transaction, for what has to commit with the try. */
export async function verifyCodeIn(
  tx: Transaction,
  { kms, clock }: Pick<MessagesDeps, 'kms' | 'clock'>,
  { tenantId, messageId, code }: Try,
): Promise<VerifiedCode | null> {
  const stored = await lockCode(tx, tenantId, messageId);
  if (stored === null) return null;
  const { key } = await kms.macKey({ tenant: tenantId, use: 'code' }, stored.keyVersion);
  const right = isCode(key, purposeOf(tenantId, messageId), { code, mac: stored.mac });
  const now = clock.now();
  const verdict = verdictOn(stored, right, now);
  const after = afterTry(stored, verdict, now);
  if (after !== stored) await saveTry(tx, { tenantId, messageId }, after);
  return { verdict, triesLeft: Math.max(0, TRIES_MAX - after.tries) };
}
