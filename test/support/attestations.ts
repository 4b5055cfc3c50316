// Attestations in tests: what the platforms' authenticators would say, by a maker of our own.
import { createHash, generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import { isoCBOR } from '@simplewebauthn/server/helpers';
import { attestationChallenge, type AttestationEvidence } from '../../crypto/attestation.ts';
import { attribute, certificate, der, extension, integer, oid, pem } from './certificates.ts';

export const RP_ID = 'app.acme.example';
export const ORIGIN = 'https://app.acme.example';

const AAGUID = Buffer.alloc(16, 7);
const YEAR_MS = 365 * 86_400_000;

const keyPair = () => generateKeyPairSync('ec', { namedCurve: 'P-256' });
const sha256 = (...parts: readonly Uint8Array[]): Buffer =>
  createHash('sha256').update(Buffer.concat(parts)).digest();

/** What may be different from an honest attestation. */
export interface Twist {
  readonly rpId?: string;
  readonly origin?: string;
  readonly type?: string;
  /** User presence, verification and attested credential data; the honest value is 0x45. */
  readonly flags?: number;
  readonly leaf?: { readonly from?: number; readonly until?: number; readonly ca?: boolean };
  readonly leafExtensions?: readonly Buffer[];
  /** Changes the statement after it was signed. */
  readonly forge?: (statement: Map<string, unknown>) => void;
  /** Changes the authenticator data after it was signed. */
  readonly forgeData?: (authData: Buffer) => void;
}

export type Attested = (
  challenge: string,
  kid: string,
  twist?: Twist,
) => Promise<AttestationEvidence> | AttestationEvidence;

/** A maker of authenticators: a root, an authority below it, and what its devices attest. */
export function maker(now: number) {
  const root = keyPair();
  const authority = keyPair();
  const names = { root: { CN: 'Root' }, authority: { CN: 'Authority' } };
  const validity = { from: now - YEAR_MS, until: now + 10 * YEAR_MS };
  const rootDer = certificate({
    ...validity,
    subject: names.root,
    issuer: names.root,
    publicKey: root.publicKey,
    signer: root.privateKey,
    ca: true,
  });
  const authorityDer = certificate({
    ...validity,
    subject: names.authority,
    issuer: names.root,
    publicKey: authority.publicKey,
    signer: root.privateKey,
    ca: true,
  });
  const issue = (
    publicKey: KeyObject,
    subject: Parameters<typeof certificate>[0]['subject'],
    extensions: readonly Buffer[],
    { leaf = {}, leafExtensions = [] }: Twist,
  ): Uint8Array[] => {
    const leafDer = certificate({
      ...validity,
      ...leaf,
      subject,
      issuer: names.authority,
      publicKey,
      signer: authority.privateKey,
      extensions: [...extensions, ...leafExtensions],
    });
    return [leafDer, authorityDer].map((one) => new Uint8Array(one));
  };
  return { rootPem: pem(rootDer), rootDer, authority, ...formats(issue, rootDer) };
}

type Issue = (
  publicKey: KeyObject,
  subject: Parameters<typeof certificate>[0]['subject'],
  extensions: readonly Buffer[],
  twist: Twist,
) => Uint8Array[];

function formats(issue: Issue, rootDer: Buffer) {
  const none: Attested = (challenge, kid, twist = {}) =>
    evidence('none', credential(challenge, kid, twist), new Map(), twist);

  const self: Attested = (challenge, kid, twist = {}) => {
    const made = credential(challenge, kid, twist);
    const sig = signed(made, made.pair.privateKey);
    return evidence('packed', made, statement({ alg: -7, sig }), twist);
  };

  const packed: Attested = (challenge, kid, twist = {}) => {
    const made = credential(challenge, kid, twist);
    const batch = keyPair();
    const subject = { C: 'AT', O: 'Maker', OU: 'Authenticator Attestation', CN: 'Batch 1' };
    const aaguid = extension('1.3.6.1.4.1.45724.1.1.4', der('octets', AAGUID));
    const x5c = issue(batch.publicKey, subject, [aaguid], twist);
    const sig = signed(made, batch.privateKey);
    return evidence('packed', made, statement({ alg: -7, sig, x5c }), twist);
  };

  const androidKey: Attested = (challenge, kid, twist = {}) => {
    const made = credential(challenge, kid, twist);
    const enforced = der('sequence');
    const description = der(
      'sequence',
      integer(4),
      der('enumerated', Buffer.from([1])),
      integer(41),
      der('enumerated', Buffer.from([1])),
      der('octets', made.clientDataHash),
      der('octets'),
      enforced,
      enforced,
    );
    const keyDescription = extension('1.3.6.1.4.1.11129.2.1.17', description);
    const subject = { CN: 'Android Keystore Key' };
    const chain = issue(made.pair.publicKey, subject, [keyDescription], twist);
    const x5c = [...chain, new Uint8Array(rootDer)];
    const sig = signed(made, made.pair.privateKey);
    return evidence('android-key', made, statement({ alg: -7, sig, x5c }), twist);
  };

  const apple: Attested = (challenge, kid, twist = {}) => {
    const made = credential(challenge, kid, twist);
    const nonce = sha256(made.authData, made.clientDataHash);
    const proof = der('sequence', der(0xa1, der('octets', nonce)));
    const x5c = issue(
      made.pair.publicKey,
      { CN: 'Credential' },
      [extension('1.2.840.113635.100.8.2', proof)],
      twist,
    );
    return evidence('apple', made, statement({ x5c }), twist);
  };

  const tpm: Attested = (challenge, kid, twist = {}) => {
    const made = credential(challenge, kid, twist);
    const identity = keyPair();
    const tcg = [
      attribute('2.23.133.2.1', 'id:FFFFF1D0'),
      attribute('2.23.133.2.2', 'Model'),
      attribute('2.23.133.2.3', 'id:13'),
    ];
    const alternative = extension(
      '2.5.29.17',
      der('sequence', der(0xa4, der('sequence', ...tcg))),
      true,
    );
    const usage = extension('2.5.29.37', der('sequence', oid('2.23.133.8.3')));
    const x5c = issue(identity.publicKey, {}, [alternative, usage], twist);
    const { pubArea, certInfo } = tpmStructures(made);
    const sig = new Uint8Array(sign('sha256', certInfo, identity.privateKey));
    const parts = { ver: '2.0', alg: -7, sig, x5c, pubArea, certInfo };
    return evidence('tpm', made, statement(parts), twist);
  };
  return { none, self, packed, androidKey, apple, tpm };
}

/** A new credential for this challenge and key, before anybody attests it. */
function credential(challenge: string, kid: string, twist: Twist) {
  const pair = keyPair();
  const { x = '', y = '' } = pair.publicKey.export({ format: 'jwk' });
  const point = [x, y].map((part) => Buffer.from(part, 'base64url'));
  const cose = new Map<number, unknown>([
    [1, 2],
    [3, -7],
    [-1, 1],
    [-2, new Uint8Array(point[0] ?? [])],
    [-3, new Uint8Array(point[1] ?? [])],
  ]);
  const clientData = Buffer.from(
    JSON.stringify({
      type: twist.type ?? 'webauthn.create',
      challenge: attestationChallenge(challenge, kid),
      origin: twist.origin ?? ORIGIN,
      crossOrigin: false,
    }),
  );
  const credentialId = Buffer.alloc(16, 3);
  const authData = Buffer.concat([
    sha256(Buffer.from(twist.rpId ?? RP_ID)),
    Buffer.from([twist.flags ?? 0x45, 0, 0, 0, 0]),
    AAGUID,
    Buffer.from([0, credentialId.length]),
    credentialId,
    isoCBOR.encode(cose as never),
  ]);
  return { pair, point, clientData, clientDataHash: sha256(clientData), authData };
}

type Credential = ReturnType<typeof credential>;

const statement = (parts: object): Map<string, unknown> => new Map(Object.entries(parts));

const signed = ({ authData, clientDataHash }: Credential, by: KeyObject): Uint8Array =>
  new Uint8Array(sign('sha256', Buffer.concat([authData, clientDataHash]), by));

function evidence(
  format: string,
  { clientData, authData }: Credential,
  attStmt: Map<string, unknown>,
  { forge, forgeData }: Twist,
): AttestationEvidence {
  forge?.(attStmt);
  forgeData?.(authData);
  const object = new Map<string, unknown>([
    ['fmt', format],
    ['attStmt', attStmt],
    ['authData', new Uint8Array(authData)],
  ]);
  return {
    clientDataJson: clientData.toString('base64url'),
    attestationObject: Buffer.from(isoCBOR.encode(object as never)).toString('base64url'),
  };
}

/** TPMT_PUBLIC and TPMS_ATTEST (TPM 2.0 library, part 2) of a credential on P-256. */
function tpmStructures({ point, authData, clientDataHash }: Credential) {
  const sized = (bytes: Uint8Array): Buffer =>
    Buffer.concat([Buffer.from([bytes.length >> 8, bytes.length & 0xff]), bytes]);
  // An elliptic curve, named by SHA-256; its attributes; no policy, symmetric algorithm or scheme; P-256, no derivation.
  const head = Buffer.from('0023000b0006007200000010001000030010', 'hex');
  const pubArea = Buffer.concat([head, ...point.map(sized)]);
  const nameOf = Buffer.concat([Buffer.from([0x00, 0x0b]), sha256(pubArea)]);
  const certInfo = Buffer.concat([
    Buffer.from([0xff, 0x54, 0x43, 0x47, 0x80, 0x17]), // made by a TPM; it certifies
    sized(Buffer.alloc(34, 1)),
    sized(sha256(authData, clientDataHash)),
    Buffer.alloc(17),
    Buffer.alloc(8),
    sized(nameOf),
    sized(nameOf),
  ]);
  return { pubArea: new Uint8Array(pubArea), certInfo: new Uint8Array(certInfo) };
}
