// Checkpoints and proofs of inclusion: signed notes that public tools read, and what a changed byte does to them.
import { randomBytes } from 'node:crypto';
import { beforeAll, describe, expect, it } from '@jest/globals';
import {
  formatInclusionProof,
  noteVerifierKey,
  parseInclusionProof,
  signCheckpoint,
  verifyCheckpoint,
  verifyInclusionProof,
} from '../../../crypto/checkpoint.ts';
import { KeyUse, type Kms } from '../../../crypto/kms.ts';
import { openFileKms } from '../../../crypto/kms-file.ts';
import { parseMasterKey } from '../../../crypto/master-key.ts';
import {
  appendLeaf,
  EMPTY_LOG,
  inclusionPath,
  leafHash,
  logRoot,
  proofOf,
  type LogFrontier,
} from '../../../crypto/merkle-log.ts';
import type { Jwks } from '../../../crypto/signature.ts';
import { scratchPaths } from './scratch.ts';
import { codeOf } from './vectors.ts';

const ORIGIN = 'parley/tenants/acme/consent';
const KEY = { tenant: 'acme', use: KeyUse.signing };
const SIZE = 11n;
const INDEX = 6n;
const entry = (index: bigint): Buffer => Buffer.from(`entry ${index}`);
const path = scratchPaths();

let kms: Kms;
let jwks: Jwks;
let note: string;
let proof: string;
let root: Buffer;

beforeAll(async () => {
  const masterKey = parseMasterKey(Buffer.from(randomBytes(32).toString('hex')));
  kms = await openFileKms({ path: path('keystore'), masterKey });
  const stored = new Map<string, Uint8Array>();
  let frontier: LogFrontier = EMPTY_LOG;
  for (let index = 0n; index < SIZE; index += 1n) {
    const grown = appendLeaf(frontier, leafHash(entry(index)));
    for (const node of grown.nodes) stored.set(`${node.level} ${node.index}`, node.hash);
    frontier = grown.frontier;
  }
  root = logRoot(frontier);
  note = await signCheckpoint(kms, KEY, { origin: ORIGIN, size: SIZE, root });
  const hashes = proofOf(
    inclusionPath(INDEX, SIZE),
    ({ level, index }) => stored.get(`${level} ${index}`) ?? Buffer.alloc(0),
  );
  proof = formatInclusionProof({ index: INDEX, hashes, checkpoint: note });
  jwks = await kms.jwks('acme');
});

const verify = (text: string, of = INDEX) =>
  verifyInclusionProof(text, { leaf: leafHash(entry(of)), origin: ORIGIN, jwks });

describe('a checkpoint', () => {
  it('is the note of C2SP: origin, size, root, an empty line, and a signature line', () => {
    const [origin, size, hash, empty, signature, end] = note.split('\n');
    expect([origin, size, hash, empty, end]).toEqual([
      ORIGIN,
      '11',
      root.toString('base64'),
      '',
      '',
    ]);
    expect(signature).toMatch(/^— parley\/tenants\/acme\/consent [A-Za-z0-9+/]{91}=?$/);
    expect(verifyCheckpoint(note, ORIGIN, jwks)).toEqual({ origin: ORIGIN, size: SIZE, root });
  });

  it('is found by the key that it names, and no other key verifies it', async () => {
    const [key] = jwks.keys.map((jwk) => noteVerifierKey(ORIGIN, jwk));
    // Base64 has plus signs of its own.
    const [name, id, ...rest] = key?.split('+') ?? [];
    expect(name).toBe(ORIGIN);
    const signature = Buffer.from(note.trimEnd().split(' ').at(-1) ?? '', 'base64');
    expect(signature.subarray(0, 4).toString('hex')).toBe(id);
    expect(Buffer.from(rest.join('+'), 'base64').byteLength).toBeGreaterThan(20);
    await kms.sign({ tenant: 'globex', use: KeyUse.signing }, Buffer.from('x'));
    const others = await kms.jwks('globex');
    expect(codeOf(() => verifyCheckpoint(note, ORIGIN, others))).toBe('KEY_NOT_FOUND');
  });

  it('of a retired key verifies as long as the key is published', async () => {
    await kms.rotate(KEY);
    const next = await signCheckpoint(kms, KEY, { origin: ORIGIN, size: 12n, root });
    const keys = await kms.jwks('acme');
    expect(keys.keys).toHaveLength(2);
    expect(verifyCheckpoint(note, ORIGIN, keys).size).toBe(11n);
    expect(verifyCheckpoint(next, ORIGIN, keys).size).toBe(12n);
    expect(codeOf(() => verifyCheckpoint(next, ORIGIN, jwks))).toBe('KEY_NOT_FOUND');
  });

  it('of another log is refused', () => {
    expect(codeOf(() => verifyCheckpoint(note, 'parley/tenants/globex/consent', jwks))).toBe(
      'TOKEN_INVALID',
    );
  });

  it('with signatures of others beside ours is taken', () => {
    const witness = Buffer.alloc(76, 7).toString('base64');
    expect(verifyCheckpoint(`${note}— witness.example ${witness}\n`, ORIGIN, jwks).size).toBe(11n);
  });

  it.each([
    ['', 'TOKEN_INVALID'],
    ['no note', 'TOKEN_INVALID'],
    ['x\n\n— x AA==\n', 'TOKEN_INVALID'],
    ['a b\n1\nAA==\n\n— a AA==\n', 'TOKEN_INVALID'],
  ])('is not %j', (text, code) => {
    expect(codeOf(() => verifyCheckpoint(text, ORIGIN, jwks))).toBe(code);
  });

  it('is not signed for a log with a name that no note can carry', async () => {
    for (const origin of ['', 'a b', 'a+b', 'a\nb']) {
      const signing = signCheckpoint(kms, KEY, { origin, size: 1n, root });
      await expect(signing).rejects.toMatchObject({ code: 'ARGUMENT_INVALID' });
    }
  });
});

describe('a proof of inclusion', () => {
  it('leads from its entry to the checkpoint, and from no other entry', () => {
    expect(verify(proof)).toEqual({ origin: ORIGIN, size: SIZE, root });
    for (const other of [0n, 5n, 7n, 10n]) {
      expect(codeOf(() => verify(proof, other))).toBe('LOG_PROOF_INVALID');
    }
  });

  it('begins with its format and its index, and ends with the checkpoint as it was signed', () => {
    expect(proof.split('\n').slice(0, 2)).toEqual(['c2sp.org/tlog-proof@v1', 'index 6']);
    expect(parseInclusionProof(proof).checkpoint).toBe(note);
  });

  it('does not survive the change of any byte', () => {
    const survivors: number[] = [];
    for (let at = 0; at < proof.length; at += 1) {
      const code = proof.charCodeAt(at);
      const changed = String.fromCharCode(code === 65 ? 66 : code ^ 1);
      try {
        verify(proof.slice(0, at) + changed + proof.slice(at + 1));
        survivors.push(at);
      } catch {
        // As it has to be.
      }
    }
    expect(proof.length).toBeGreaterThan(300);
    expect(survivors).toEqual([]);
  });

  it('without one of its hashes, or with one more, is refused', () => {
    const { index, hashes, checkpoint } = parseInclusionProof(proof);
    const shorter = formatInclusionProof({ index, hashes: hashes.slice(1), checkpoint });
    const longer = formatInclusionProof({ index, hashes: [...hashes, root], checkpoint });
    expect(codeOf(() => verify(shorter))).toBe('LOG_PROOF_INVALID');
    expect(codeOf(() => verify(longer))).toBe('LOG_PROOF_INVALID');
  });
});
