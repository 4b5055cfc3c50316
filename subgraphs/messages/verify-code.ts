// Verifies a one-time code: tries come one after the other, each counted before it is answered.
import { isCode } from '../../crypto/one-time-code.ts';
import type { MessagesDeps } from './deps.ts';
import { afterTry, TRIES_MAX, verdictOn, type CodeVerdict } from './domain/one-time-code.ts';
import { purposeOf } from './issue-code.ts';
import { lockCode, saveTry } from './store/one-time-codes.ts';

export interface VerifiedCode {
  readonly verdict: CodeVerdict;
  readonly triesLeft: number;
}

/** messageId: UUID. Null when the tenant issued no code with that message. */
export async function verifyCode(
  { database, kms, clock }: Pick<MessagesDeps, 'database' | 'kms' | 'clock'>,
  { tenantId, messageId, code }: { tenantId: string; messageId: string; code: string },
): Promise<VerifiedCode | null> {
  return database.transaction(tenantId, async (tx) => {
    const stored = await lockCode(tx, tenantId, messageId);
    if (stored === null) return null;
    const { key } = await kms.macKey({ tenant: tenantId, use: 'code' }, stored.keyVersion);
    const right = isCode(key, purposeOf(tenantId, messageId), { code, mac: stored.mac });
    const now = clock.now();
    const verdict = verdictOn(stored, right, now);
    const after = afterTry(stored, verdict, now);
    if (after !== stored) await saveTry(tx, { tenantId, messageId }, after);
    return { verdict, triesLeft: Math.max(0, TRIES_MAX - after.tries) };
  });
}
