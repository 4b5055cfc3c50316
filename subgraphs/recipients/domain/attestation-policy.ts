// What a tenant may say of attestations: for which app they count, and how much of one its devices have to bring.
import type { AttestationLevel } from '../../../schema/vocabulary.ts';

const ORIGINS_MAX = 20;
const ROOTS_MAX = 50;
const CHARACTERS_MAX = 253;

const DOMAIN = /^(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)*[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/;
/** Of a page, of a page on the developer's own machine, or of a native app on Android. */
const ORIGIN =
  /^(?:https:\/\/[a-z0-9.-]+(?::\d{1,5})?|http:\/\/localhost(?::\d{1,5})?|android:apk-key-hash:[A-Za-z0-9_-]{43})$/;

const RANK: Readonly<Record<AttestationLevel, number>> = { NONE: 0, SELF: 1, CERTIFIED: 2 };

/** Whether a device that was attested at `level` has what the tenant requires. */
export function suffices(level: AttestationLevel, required: AttestationLevel): boolean {
  return RANK[level] >= RANK[required];
}

/** What is wrong with a policy: the path and a sentence, or null. */
export function findPolicyFault(policy: {
  readonly rpId: string;
  readonly origins: readonly string[];
  readonly roots: readonly string[];
}): { readonly path: string[]; readonly sentence: string } | null {
  const { rpId, origins, roots } = policy;
  if (rpId.length > CHARACTERS_MAX || !DOMAIN.test(rpId)) {
    return { path: ['rpId'], sentence: 'A relying party is a domain in lower case.' };
  }
  if (origins.length === 0 || origins.length > ORIGINS_MAX) {
    return { path: ['origins'], sentence: `There are 1 to ${ORIGINS_MAX} origins.` };
  }
  const strange = origins.findIndex((one) => one.length > CHARACTERS_MAX || !ORIGIN.test(one));
  if (strange >= 0) {
    const sentence = 'An origin is https://<host>, or android:apk-key-hash:<43 characters>.';
    return { path: ['origins', String(strange)], sentence };
  }
  if (roots.length <= ROOTS_MAX) return null;
  return { path: ['roots'], sentence: `There are at most ${ROOTS_MAX} certificates.` };
}
