// What a click on an unsubscribe link does: it takes back the consent to marketing by email, as a STOP does by text.
import { CryptoError } from '../../crypto/errors.ts';
import type { Kms } from '../../crypto/kms.ts';
import { checkUnsubscribeToken, claimedRecipient } from '../../crypto/unsubscribe-token.ts';
import { assert } from '../../platform/assert.ts';
import { publicId, uuidOf } from '../../schema/ids.ts';
import type { AppendConsent } from './append-consent.ts';
import type { ConsentDeps } from './deps.ts';
import { UNKNOWN_JURISDICTION } from './domain/keyword-effect.ts';
import { findStandingRecords } from './store/find-records.ts';
import { withdrawConsent } from './withdraw-consent.ts';

type Deps = Pick<ConsentDeps, 'database' | 'ports' | 'kms' | 'clock'>;

export interface UnsubscribeLink {
  readonly tenantId: string;
  readonly token: string;
}

/** Whom a link is of. */
export interface Unsubscriber {
  /** UUID. */
  readonly recipientId: string;
  /** Null where the person has no email address now: then nothing is sent to one. */
  readonly subject: string | null;
  readonly region: string | null;
}

/** What the person saw: one button. */
const POLICY_VERSION = 'one-click';
const ACTOR = 'recipient';
/** Keys are rotated, and the mail lies where it lies. */
const KEY_VERSIONS = 3;

/** Null for every link that is not good, whatever is wrong with it: the answer must not tell. */
export async function readUnsubscribeLink(
  { database, ports, kms, clock }: Deps,
  { tenantId, token }: UnsubscribeLink,
): Promise<Unsubscriber | null> {
  try {
    const recipientId = uuidOf('recipient', claimedRecipient(token));
    if (recipientId === null) return null;
    const known = await database.transaction(tenantId, (tx) =>
      ports.consentSubjects(tx, tenantId, [recipientId]),
    );
    // Before any key is asked for: the KMS makes one for whoever asks.
    const subjects = known.get(recipientId);
    if (subjects === undefined) return null;
    if (!(await isGenuine(kms, { tenantId, token }, clock.now()))) return null;
    const email = subjects.find(({ channel }) => channel === 'EMAIL');
    return { recipientId, subject: email?.subject ?? null, region: email?.region ?? null };
  } catch (error) {
    if (error instanceof CryptoError) return null;
    throw error;
  }
}

async function isGenuine(
  kms: Kms,
  { tenantId, token }: UnsubscribeLink,
  now: number,
): Promise<boolean> {
  const ref = { tenant: tenantId, use: 'link' } as const;
  const current = await kms.macKey(ref);
  const oldest = Math.max(1, current.version - KEY_VERSIONS + 1);
  for (let version = current.version; version >= oldest; version -= 1) {
    const { key } = version === current.version ? current : await kms.macKey(ref, version);
    try {
      checkUnsubscribeToken(key, token, now);
      return true;
    } catch (error) {
      if (!(error instanceof CryptoError) || error.code !== 'SIGNATURE_INVALID') throw error;
    }
  }
  return false;
}

/** In effect when it answers. A second click finds nothing to take back; after a new consent it takes that one. */
export async function unsubscribe(
  deps: Deps & { readonly append: AppendConsent },
  tenantId: string,
  { recipientId, subject, region }: Unsubscriber,
): Promise<void> {
  if (subject === null) return;
  const standing = await deps.database.transaction(tenantId, (tx) =>
    findStandingRecords(tx, tenantId, [subject]),
  );
  const last = standing
    .filter(({ purpose, channel }) => purpose === 'MARKETING' && channel === 'EMAIL')
    .toSorted((a, b) => b.occurredAt - a.occurredAt)[0];
  if (last?.action === 'WITHDRAWN' && last.regulation === 'ALL') return;
  const { errors } = await withdrawConsent(deps, {
    tenantId,
    recipientId: publicId('recipient', recipientId),
    deviceId: null,
    purpose: 'MARKETING',
    channels: ['EMAIL'],
    source: 'WEB',
    method: 'FORM',
    jurisdiction: region ?? UNKNOWN_JURISDICTION,
    policyVersion: POLICY_VERSION,
    occurredAt: null,
    // What is taken back: two clicks at once are one.
    idempotencyKey: `unsubscribe ${last?.id ?? subject}`,
    actor: ACTOR,
  });
  assert(errors.length === 0, 'a click is a statement that can be recorded');
}
