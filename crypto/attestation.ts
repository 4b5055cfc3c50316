// The port to attestations: what vouches for a device's key beside the device itself.
import type { DeviceKey } from './device-key.ts';

/** NONE: nothing. SELF: an authenticator, for which nobody vouches. CERTIFIED: an authenticator whose certificates lead to
 *  a root that is trusted for it. */
export type AttestedLevel = 'NONE' | 'SELF' | 'CERTIFIED';

/** What the device's platform made of a new credential (WebAuthn level 3, section 5.2.1): both in base64url. */
export interface AttestationEvidence {
  readonly clientDataJson: string;
  readonly attestationObject: string;
}

/** For whom evidence counts. */
export interface AttestationRules {
  /** The relying party: a domain of the app's maker. */
  readonly rpId: string;
  /** Where the app runs: `https://...`, or `android:apk-key-hash:...` for a native one. */
  readonly origins: readonly string[];
  /** Certificates in PEM, trusted beside those of the platforms' makers. */
  readonly roots: readonly string[];
  /** Milliseconds since 1970, by the clock of whoever calls. */
  readonly now: number;
}

export interface Attestation {
  /** What the evidence proves of a key that is being registered. `challenge` is the nonce of the registration: the evidence
   *  has to be about `attestationChallenge` of both. Never answers less than the evidence claims: what does not hold is
   *  refused. Calls nobody. Throws ATTESTATION_INVALID. */
  verify(
    evidence: AttestationEvidence,
    challenge: string,
    publicKey: Pick<DeviceKey, 'kid'>,
    rules: AttestationRules,
  ): Promise<AttestedLevel>;
}

/** The challenge that the platform is given, in base64url: it ties the credential that is attested to the key that
 *  messages are sealed to, so that nobody's evidence serves for another key. */
export function attestationChallenge(challenge: string, kid: string): string {
  return Buffer.from(`${challenge}.${kid}`, 'utf8').toString('base64url');
}
