// What a tenant may tell about its OpenID provider: an issuer, who we are there, and public keys only.

export interface IdentityProvider {
  readonly issuer: string;
  readonly clientId: string;
  readonly jwks: { readonly keys: readonly Readonly<Record<string, unknown>>[] };
  readonly mfaAcrValues: readonly string[];
}

const CHARACTERS_MAX = 500;
const JWKS_CHARACTERS_MAX = 65_536;
const KEYS_MAX = 20;
const ACR_VALUES_MAX = 20;
/** `d` and its like are halves that nobody but the provider may have; `k` is a key that whoever verifies can forge with. */
const SECRET_MEMBERS = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'];
const KEY_TYPES: readonly unknown[] = ['RSA', 'EC', 'OKP'];

/** The configuration, or the field that is wrong and a sentence. jwks: the text of a JWK Set (RFC 7517). */
export function readIdentityProvider(given: {
  readonly issuer: string;
  readonly clientId: string;
  readonly jwks: string;
  readonly mfaAcrValues: readonly string[];
}): IdentityProvider | { readonly field: string; readonly sentence: string } {
  const { issuer, clientId, mfaAcrValues } = given;
  const fault = (field: string, sentence: string) => ({ field, sentence });
  if (issuer.length > CHARACTERS_MAX || !/^https:\/\/[^\s?#]+$/.test(issuer)) {
    return fault('issuer', 'An issuer is an https URL without query and fragment.');
  }
  if (!isName(clientId)) return fault('clientId', `It has 1 to ${CHARACTERS_MAX} characters.`);
  if (mfaAcrValues.length > ACR_VALUES_MAX || !mfaAcrValues.every(isName)) {
    return fault('mfaAcrValues', `At most ${ACR_VALUES_MAX} values, none of them empty.`);
  }
  const jwks = readKeys(given.jwks);
  if (jwks !== null) return { issuer, clientId, jwks, mfaAcrValues };
  return fault('jwks', `A JWK Set has 1 to ${KEYS_MAX} public keys of type RSA, EC or OKP.`);
}

/** Methods of RFC 8176 by what they prove. Codes by SMS or voice are missing: who lost a phone may have lost the number. */
const FACTORS: readonly (readonly string[])[] = [
  ['pwd', 'pin', 'kba'],
  ['otp', 'hwk', 'swk', 'sc'],
  ['face', 'fpt', 'iris', 'retina', 'vbm'],
];

/** Whether a sign-in had two factors, by what the provider tells of it: an `acr` that the tenant named, or in `amr` `mfa`
 *  or methods of two kinds. One method alone is one factor, however strong. */
export function hasSecondFactor(
  told: { readonly amr: unknown; readonly acr: unknown },
  mfaAcrValues: readonly string[],
): boolean {
  const { amr, acr } = told;
  if (typeof acr === 'string' && mfaAcrValues.includes(acr)) return true;
  if (!Array.isArray(amr)) return false;
  const kinds = FACTORS.filter((kind) => kind.some((method) => amr.includes(method)));
  return amr.includes('mfa') || kinds.length > 1;
}

function isName(text: string): boolean {
  return text !== '' && text.length <= CHARACTERS_MAX;
}

function readKeys(text: string): IdentityProvider['jwks'] | null {
  if (text.length > JWKS_CHARACTERS_MAX) return null;
  let keys: unknown;
  try {
    ({ keys } = Object(JSON.parse(text)) as { keys?: unknown });
  } catch {
    return null;
  }
  if (!Array.isArray(keys) || keys.length === 0 || keys.length > KEYS_MAX) return null;
  return keys.every(isPublicKey) ? { keys } : null;
}

function isPublicKey(key: unknown): key is Readonly<Record<string, unknown>> {
  if (typeof key !== 'object' || key === null) return false;
  const leaked = SECRET_MEMBERS.some((member) => member in key);
  return !leaked && 'kty' in key && KEY_TYPES.includes(key.kty);
}
