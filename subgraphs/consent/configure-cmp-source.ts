// Configures which consent management platform a tenant listens to, what its purposes mean, and how it proves itself.
import { importJWK, type JWK } from 'jose';
import { InvalidInput } from '../../schema/user-errors.ts';
import type { CmpFormat, Regulation } from '../../schema/vocabulary.ts';
import { TOKEN_ALGORITHMS } from './authenticate-cmp.ts';
import { cmpSecretsOf, SECRETS_MAX, type WebhookSecrets } from './webhook-secrets.ts';
import type { ConsentDeps } from './deps.ts';
import { CHOICES_MAX } from './domain/cmp/cmp-event.ts';
import { checkMeanings, type PurposeMeaning } from './domain/cmp/purposes.ts';
import { CHARACTERS_MAX, isJurisdiction } from './domain/consent-record.ts';
import { findCmpSources, saveCmpSource, type CmpSource } from './store/cmp-sources.ts';
import { lockSubjects } from './store/lock-subjects.ts';

export interface ConfigureCmpSourceRequest {
  readonly tenantId: string;
  readonly format: CmpFormat;
  readonly purposes: readonly PurposeMeaning[];
  readonly regulation: Regulation;
  readonly jurisdiction: string;
  readonly policyVersion: string;
  /** JWKs as JSON, of a sender that signs tokens; empty for the others. */
  readonly publicKeys: readonly string[];
  /** Makes a new secret; the one before it is taken until the next rotation. */
  readonly rotateSecret: boolean;
}

export interface ConfigureCmpSourceResult {
  readonly source: CmpSource | null;
  /** A secret that was made now. It is shown this once. */
  readonly secret: string | null;
  readonly errors: InvalidInput[];
}

const KEYS_MAX = 4;

/** The same request twice leaves the same source; only the first one, and a rotation, make a secret. */
export async function configureCmpSource(
  { database, clock }: ConsentDeps,
  secrets: WebhookSecrets,
  request: ConfigureCmpSourceRequest,
): Promise<ConfigureCmpSourceResult> {
  const { tenantId, format, rotateSecret, publicKeys: given, ...settings } = request;
  const publicKeys = await readKeys(given);
  const errors = checkRequest(request, publicKeys);
  if (errors.length > 0 || publicKeys === null) return { source: null, secret: null, errors };
  // Made before the transaction, which does not wait for the KMS; not used where there is one already.
  const fresh = format === 'ONETRUST' ? null : await secrets.make(cmpSecretsOf(request));
  return database.transaction(tenantId, async (tx) => {
    // Two first requests have no row yet that could be locked.
    await lockSubjects(tx, tenantId, [`cmp ${format}`]);
    const sources = await findCmpSources(tx, tenantId);
    const before = sources.find((one) => one.format === format)?.secrets ?? [];
    const made = rotateSecret || before.length === 0 ? fresh : null;
    const stored = made === null ? before : [made.stored, ...before].slice(0, SECRETS_MAX);
    const source: CmpSource = {
      ...settings,
      tenantId,
      format,
      publicKeys,
      secrets: stored,
      changedAt: clock.now(),
    };
    await saveCmpSource(tx, source);
    return { source, secret: made?.text ?? null, errors: [] };
  });
}

function checkRequest(
  { format, purposes, jurisdiction, policyVersion, publicKeys }: ConfigureCmpSourceRequest,
  keys: readonly object[] | null,
): InvalidInput[] {
  const errors: InvalidInput[] = [];
  const expect = (holds: boolean, field: string, sentence: string): void => {
    if (!holds) errors.push(new InvalidInput([field], sentence));
  };
  const sized = purposes.length > 0 && purposes.length <= CHOICES_MAX;
  expect(sized, 'purposes', `A source has 1 to ${CHOICES_MAX} purposes.`);
  const named = purposes.every(({ code }) => isText(code));
  expect(named, 'purposes', `A code has 1 to ${CHARACTERS_MAX} characters.`);
  const contradiction = checkMeanings(purposes);
  expect(contradiction === null, 'purposes', contradiction ?? '');
  const place =
    'A jurisdiction is a country by ISO 3166, or one of its parts, such as AT or US-CA.';
  expect(isJurisdiction(jurisdiction), 'jurisdiction', place);
  const version = `A policy version has 1 to ${CHARACTERS_MAX} characters.`;
  expect(isText(policyVersion), 'policyVersion', version);
  const signs = format === 'ONETRUST';
  const counted = signs ? publicKeys.length > 0 : publicKeys.length === 0;
  const how = signs
    ? `OneTrust signs with keys of its own: name 1 to ${KEYS_MAX} of them.`
    : 'This format is proven by a secret, and has no keys.';
  expect(counted && publicKeys.length <= KEYS_MAX, 'publicKeys', how);
  const shape = `A key is a public JWK with kid and alg, one of ${TOKEN_ALGORITHMS.join(', ')}.`;
  expect(keys !== null, 'publicKeys', shape);
  return errors;
}

const isText = (text: string): boolean => text.trim() !== '' && text.length <= CHARACTERS_MAX;

/** Null when one is no public key for one of the algorithms: found out now, and not with the first event. */
async function readKeys(texts: readonly string[]): Promise<readonly object[] | null> {
  const keys: object[] = [];
  for (const text of texts.slice(0, KEYS_MAX)) {
    try {
      const jwk = JSON.parse(text) as JWK;
      const key = await importJWK(jwk);
      const isPublic = !(key instanceof Uint8Array) && key.type === 'public';
      if (!isPublic || !jwk.kid || !TOKEN_ALGORITHMS.includes(jwk.alg ?? '')) return null;
      keys.push(jwk);
    } catch {
      return null;
    }
  }
  return keys;
}
