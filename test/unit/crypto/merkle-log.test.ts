// The Merkle log: RFC 6962 vectors, growth against a direct reading of the RFC, and proofs at every size.
import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import * as log from '../../../crypto/merkle-log.ts';
import { codeOf, readVectors } from './vectors.ts';

interface Vector {
  readonly desc: string;
  readonly wantErr: boolean;
  readonly proof: readonly string[] | null;
  readonly leafIdx?: string;
  readonly treeSize?: string;
  readonly leafHash?: string;
  readonly root?: string;
  readonly size1?: string;
  readonly size2?: string;
  readonly root1?: string;
  readonly root2?: string;
}
const vectors = Object.entries(readVectors<Record<string, Vector>>('merkle-rfc6962/vectors.json'));
const bytes = (text = ''): Buffer => Buffer.from(text, 'base64');
// Sizes go up to 2^64-1, which JSON numbers cannot hold: the file has them as strings.
const count = (text = ''): bigint => BigInt(text);

test.each(vectors)('%s', (path, v) => {
  const proof = (v.proof ?? []).map(bytes);
  const work = path.startsWith('inclusion/')
    ? () =>
        log.verifyInclusion({
          index: count(v.leafIdx),
          size: count(v.treeSize),
          leaf: bytes(v.leafHash),
          root: bytes(v.root),
          proof,
        })
    : () =>
        log.verifyConsistency({
          size1: count(v.size1),
          size2: count(v.size2),
          root1: bytes(v.root1),
          root2: bytes(v.root2),
          proof,
        });
  // One vector compares two placeholders that are no hashes at all; we refuse those before we compare.
  const isNoHash = [v.root, v.root1, v.root2].some((root) => root && bytes(root).byteLength !== 32);
  expect(codeOf(work)).toBe(v.wantErr || isNoHash ? 'LOG_PROOF_INVALID' : null);
});

test('all 196 vectors are there', () => {
  expect(vectors.length).toBe(196);
});

const SIZE_MAX = 40;
const leaves = Array.from({ length: SIZE_MAX }, (_, i) => log.leafHash(Buffer.from(`entry ${i}`)));

/** MTH of RFC 6962 section 2.1, word by word. */
function rootByDefinition(hashes: readonly Buffer[]): Buffer {
  const [only] = hashes;
  if (only === undefined) return createHash('sha256').digest();
  if (hashes.length === 1) return only;
  let middle = 1;
  while (middle * 2 < hashes.length) middle *= 2;
  return log.nodeHash(
    rootByDefinition(hashes.slice(0, middle)),
    rootByDefinition(hashes.slice(middle)),
  );
}

function grow(size: number) {
  const stored = new Map<string, Uint8Array>();
  let frontier = log.EMPTY_LOG;
  for (const leaf of leaves.slice(0, size)) {
    const grown = log.appendLeaf(frontier, leaf);
    for (const { level, index, hash } of grown.nodes) stored.set(`${level}/${index}`, hash);
    frontier = grown.frontier;
  }
  const read = ({ level, index }: log.LogNode): Uint8Array => {
    const hash = stored.get(`${level}/${index}`);
    if (hash === undefined)
      throw new Error(`the proof needs ${level}/${index}, which is not stored`);
    return hash;
  };
  return { frontier, stored, read };
}

const sizes = Array.from({ length: SIZE_MAX + 1 }, (_, size) => size);

describe('growth', () => {
  test('the root is the one of the RFC at every size, the empty log too', () => {
    for (const size of sizes) {
      const { frontier } = grow(size);
      expect(frontier.size).toBe(BigInt(size));
      expect(log.logRoot(frontier)).toEqual(rootByDefinition(leaves.slice(0, size)));
    }
  });

  test('each complete subtree is stored once', () => {
    const { stored } = grow(16);
    expect(stored.size).toBe(16 + 8 + 4 + 2 + 1);
  });

  test('a frontier is loaded again from what was stored', () => {
    for (const size of sizes) {
      const { frontier, read } = grow(size);
      expect(log.frontierPath(BigInt(size)).map(read)).toEqual(frontier.peaks);
    }
  });

  test('a leaf of another length and a frontier without its peaks are refused', () => {
    expect(codeOf(() => log.appendLeaf(log.EMPTY_LOG, Buffer.alloc(31)))).toBe('ARGUMENT_INVALID');
    const broken = { size: 3n, peaks: [] };
    expect(codeOf(() => log.appendLeaf(broken, leaves[0]!))).toBe('ARGUMENT_INVALID');
  });

  test('an entry and an inner node of the same bytes have different hashes', () => {
    const [left, right] = [leaves[0]!, leaves[1]!];
    expect(log.leafHash(Buffer.concat([left, right]))).not.toEqual(log.nodeHash(left, right));
  });
});

describe('proofs', () => {
  test('every leaf of every size is proven, and no other leaf in its place', () => {
    for (const length of sizes.slice(1)) {
      const { frontier, read } = grow(length);
      const root = log.logRoot(frontier);
      const size = BigInt(length);
      for (const [i, leaf] of leaves.slice(0, length).entries()) {
        const index = BigInt(i);
        const proof = log.proofOf(log.inclusionPath(index, size), read);
        const claim = { index, size, leaf, proof, root };
        expect(codeOf(() => log.verifyInclusion(claim))).toBeNull();
        const forged = { ...claim, leaf: leaves[(i + 1) % SIZE_MAX]! };
        expect(codeOf(() => log.verifyInclusion(forged))).toBe('LOG_PROOF_INVALID');
      }
    }
  });

  test('every size is a prefix of every later size, and of no other history', () => {
    for (const length2 of sizes.slice(1)) {
      const { frontier, read } = grow(length2);
      const root2 = log.logRoot(frontier);
      for (const length1 of sizes.slice(1, length2 + 1)) {
        const root1 = rootByDefinition(leaves.slice(0, length1));
        const [size1, size2] = [BigInt(length1), BigInt(length2)];
        const proof = log.proofOf(log.consistencyPath(size1, size2), read);
        const claim = { size1, size2, root1, root2, proof };
        expect(codeOf(() => log.verifyConsistency(claim))).toBeNull();
        const forged = { ...claim, root1: log.leafHash(root1) };
        expect(codeOf(() => log.verifyConsistency(forged))).toBe('LOG_PROOF_INVALID');
      }
    }
  });

  test('proofs of a log near 2^64 stay at 64 elements', () => {
    const size = 2n ** 64n - 1n;
    expect(log.inclusionPath(0n, size).length).toBe(64);
    expect(log.consistencyPath(1n, size).length).toBe(64);
  });

  test.each([
    ['a leaf beyond the end', () => log.inclusionPath(4n, 4n)],
    ['a negative leaf', () => log.inclusionPath(-1n, 4n)],
    ['a log that shrinks', () => log.consistencyPath(5n, 4n)],
    ['the empty log as a prefix', () => log.consistencyPath(0n, 4n)],
  ])('%s has no proof', (_, work) => {
    expect(codeOf(work)).toBe('ARGUMENT_INVALID');
  });
});
