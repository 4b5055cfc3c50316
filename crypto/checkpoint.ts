// Signed checkpoints of a Merkle log and offline proofs of inclusion, in formats that public tools read.
//
// A checkpoint is a C2SP tlog-checkpoint in a signed note; a proof is a C2SP tlog-proof (https://c2sp.org). Both are text.
import { createHash } from 'node:crypto';
import { check } from './errors.ts';
import type { KeyRef, Kms } from './kms.ts';
import { HASH_BYTES, verifyInclusion } from './merkle-log.ts';
import {
  importVerificationKey,
  verifyBytes,
  type Jwks,
  type PublicSigningJwk,
} from './signature.ts';

/** What a checkpoint says: the log of this name had this root (32 bytes) at this size. */
export interface Checkpoint {
  /** Names the log, and the signer: no white space, no plus sign. */
  readonly origin: string;
  readonly size: bigint;
  readonly root: Uint8Array;
}

/** What a proof says of one entry, beside the checkpoint that it leads to. */
export interface InclusionProof {
  readonly index: bigint;
  readonly hashes: readonly Uint8Array[];
  /** The signed note, as it was signed. */
  readonly checkpoint: string;
}

const TEXT_CHARACTERS_MAX = 16_384;
const PROOF_HEADER = 'c2sp.org/tlog-proof@v1';
const ORIGIN = /^[^\s+\p{Cc}]{1,200}$/u;
const DECIMAL = /^(?:0|[1-9]\d{0,18})$/;
/** The signature type of Ed25519 in signed notes; the key id hashes it, and a verifier key carries it. */
const ED25519 = 0x01;
const KEY_ID_BYTES = 4;
const SIGNATURE_BYTES = 64;

/** Signs a checkpoint with the tenant's current key. Throws ARGUMENT_INVALID for an origin that a note cannot name and
 *  for a key that is not Ed25519, and what the KMS throws. */
export async function signCheckpoint(
  kms: Kms,
  key: KeyRef,
  checkpoint: Checkpoint,
): Promise<string> {
  const { origin, size, root } = checkpoint;
  check(ORIGIN.test(origin), 'ARGUMENT_INVALID', 'A log has a name without spaces and plus signs.');
  check(root.byteLength === HASH_BYTES, 'ARGUMENT_INVALID', 'A root has 32 bytes.');
  const body = `${origin}\n${size}\n${base64(root)}\n`;
  const { kid, alg, sig } = await kms.sign(key, Buffer.from(body));
  check(alg === 'Ed25519', 'ARGUMENT_INVALID', 'Signed notes are signed with Ed25519.');
  const jwk = (await kms.jwks(key.tenant)).keys.find((published) => published.kid === kid);
  check(jwk, 'KEY_NOT_FOUND', 'The key that signed is not published.');
  return `${body}\n— ${origin} ${base64(Buffer.concat([keyId(origin, jwk), sig]))}\n`;
}

/** The checkpoint that one of these keys signed. Throws TOKEN_INVALID for what is no checkpoint of the log, KEY_NOT_FOUND
 *  when none of the keys signed it, SIGNATURE_INVALID when the signature is not its. */
export function verifyCheckpoint(note: string, origin: string, jwks: Jwks): Checkpoint {
  const { body, signatures } = splitNote(note);
  const checkpoint = parseBody(body);
  check(checkpoint.origin === origin, 'TOKEN_INVALID', 'The checkpoint is of another log.');
  const ours = signatures.filter(({ name }) => name === origin);
  for (const jwk of jwks.keys.filter(({ alg }) => alg === 'Ed25519')) {
    const id = keyId(origin, jwk);
    const signature = ours.find(({ bytes }) => bytes.subarray(0, KEY_ID_BYTES).equals(id));
    if (signature === undefined) continue;
    const publicKey = importVerificationKey(jwk, 'Ed25519');
    const sig = signature.bytes.subarray(KEY_ID_BYTES);
    const valid = publicKey && verifyBytes('Ed25519', publicKey, Buffer.from(body), sig);
    check(valid, 'SIGNATURE_INVALID', 'The signature of the checkpoint does not verify.');
    return checkpoint;
  }
  check(false, 'KEY_NOT_FOUND', 'None of the keys signed the checkpoint.');
}

/** The key in the form that verifiers of signed notes take: `name+keyid+key`. */
export function noteVerifierKey(origin: string, jwk: PublicSigningJwk): string {
  const key = Buffer.concat([Uint8Array.of(ED25519), rawKey(jwk)]);
  return `${origin}+${keyId(origin, jwk).toString('hex')}+${base64(key)}`;
}

/** The text of a proof, to be kept beside the entry. */
export function formatInclusionProof({ index, hashes, checkpoint }: InclusionProof): string {
  const lines = [PROOF_HEADER, `index ${index}`, ...hashes.map(base64)];
  return `${lines.join('\n')}\n\n${checkpoint}`;
}

/** What the text of a proof says; nothing is verified. Throws TOKEN_INVALID. */
export function parseInclusionProof(text: string): InclusionProof {
  checkText(text);
  const end = text.indexOf('\n\n');
  const [header, place, ...hashes] = text.slice(0, Math.max(end, 0)).split('\n');
  const [, index = ''] = /^index (\S+)$/.exec(place ?? '') ?? [];
  const proof = end > 0 && header === PROOF_HEADER && DECIMAL.test(index);
  check(proof, 'TOKEN_INVALID', 'This is not a proof of inclusion.');
  return {
    index: BigInt(index),
    hashes: hashes.map((hash) => fromBase64(hash, HASH_BYTES)),
    checkpoint: text.slice(end + 2),
  };
}

/** The checkpoint that a proof leads to from the leaf hash of an entry. Throws what verifyCheckpoint throws, and
 *  LOG_PROOF_INVALID. */
export function verifyInclusionProof(
  text: string,
  {
    leaf,
    origin,
    jwks,
  }: { readonly leaf: Uint8Array; readonly origin: string; readonly jwks: Jwks },
): Checkpoint {
  const { index, hashes, checkpoint: note } = parseInclusionProof(text);
  const checkpoint = verifyCheckpoint(note, origin, jwks);
  verifyInclusion({ index, size: checkpoint.size, leaf, proof: hashes, root: checkpoint.root });
  return checkpoint;
}

/** Finds the key of a signature: the first bytes of SHA-256(name | LF | type | key). */
function keyId(origin: string, jwk: PublicSigningJwk): Buffer {
  const hash = createHash('sha256').update(`${origin}\n`).update(Uint8Array.of(ED25519));
  return hash.update(rawKey(jwk)).digest().subarray(0, KEY_ID_BYTES);
}

function rawKey(jwk: PublicSigningJwk): Buffer {
  return Buffer.from(jwk.x, 'base64url');
}

interface NoteSignature {
  readonly name: string;
  /** Key id and signature. */
  readonly bytes: Buffer;
}

/** The body with its last line feed, and the signatures that stand under it. */
function splitNote(note: string): { body: string; signatures: readonly NoteSignature[] } {
  checkText(note);
  const at = note.lastIndexOf('\n\n');
  check(at > 0 && note.endsWith('\n'), 'TOKEN_INVALID', 'This is not a signed note.');
  const signatures = note
    .slice(at + 2, -1)
    .split('\n')
    .flatMap((line): NoteSignature[] => {
      const [, name, encoded] = /^— (\S+) (\S+)$/.exec(line) ?? [];
      check(name && encoded, 'TOKEN_INVALID', 'A line under the note is no signature.');
      const bytes = Buffer.from(encoded, 'base64');
      check(base64(bytes) === encoded, 'TOKEN_INVALID', 'A signature is not canonical base64.');
      // Others may have signed as well, with keys and in ways that we do not know.
      return bytes.byteLength === KEY_ID_BYTES + SIGNATURE_BYTES ? [{ name, bytes }] : [];
    });
  return { body: note.slice(0, at + 1), signatures };
}

function parseBody(body: string): Checkpoint {
  const [origin = '', size = '', root = '', ...rest] = body.split('\n');
  // Lines of an extension would be signed too, but we never write one.
  const shape = rest.length === 1 && rest[0] === '' && ORIGIN.test(origin) && DECIMAL.test(size);
  check(shape, 'TOKEN_INVALID', 'This is not a checkpoint.');
  return { origin, size: BigInt(size), root: fromBase64(root, HASH_BYTES) };
}

function checkText(text: string): void {
  const sized = typeof text === 'string' && text.length <= TEXT_CHARACTERS_MAX;
  check(sized, 'TOKEN_INVALID', 'This is not a text of a log.');
}

function fromBase64(text: string, length: number): Buffer {
  const bytes = Buffer.from(text, 'base64');
  const canonical = bytes.byteLength === length && base64(bytes) === text;
  check(canonical, 'TOKEN_INVALID', 'A hash is not 32 bytes of canonical base64.');
  return bytes;
}

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');
