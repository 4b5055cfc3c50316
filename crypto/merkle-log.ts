// An append-only Merkle tree (RFC 6962 section 2.1, RFC 9162 section 2.1): hashes, growth, proofs and their verification.
//
// The caller stores the hash of every complete subtree once, as (level, index); everything else is derived. Nothing here
// reads or writes: a proof is first a list of addresses, which are one query, and then a list of hashes.
import { createHash } from 'node:crypto';
import { check } from './errors.ts';
import { equalBytes } from './mac.ts';

export const HASH_BYTES = 32;
const LEAF = Uint8Array.of(0x00);
const NODE = Uint8Array.of(0x01);

/** A complete subtree: it covers the leaves from `index * 2^level`, 2^level of them. Level 0 is a leaf. */
export interface LogNode {
  readonly level: number;
  readonly index: bigint;
}

export interface HashedLogNode extends LogNode {
  readonly hash: Uint8Array;
}

/** All that growth needs: the size, and the hash of each complete subtree at the right edge, largest first (as many as
 *  the size has binary ones). */
export interface LogFrontier {
  readonly size: bigint;
  readonly peaks: readonly Uint8Array[];
}

/** The addresses behind a proof: each element is folded from one or more complete subtrees, left to right. */
export type ProofPath = readonly (readonly LogNode[])[];

export interface InclusionClaim {
  readonly index: bigint;
  readonly size: bigint;
  readonly leaf: Uint8Array;
  readonly proof: readonly Uint8Array[];
  readonly root: Uint8Array;
}

export interface ConsistencyClaim {
  readonly size1: bigint;
  readonly size2: bigint;
  readonly root1: Uint8Array;
  readonly root2: Uint8Array;
  readonly proof: readonly Uint8Array[];
}

/** The log before its first entry; its root is SHA-256 of nothing. */
export const EMPTY_LOG: LogFrontier = { size: 0n, peaks: [] };

/** The hash of an entry: SHA-256(00 | entry). Hash the bytes that are exported, not a re-serialisation of them. */
export function leafHash(entry: Uint8Array): Buffer {
  return createHash('sha256').update(LEAF).update(entry).digest();
}

/** The hash of two neighbours: SHA-256(01 | left | right). The prefix keeps a node from being passed off as an entry. */
export function nodeHash(left: Uint8Array, right: Uint8Array): Buffer {
  return createHash('sha256').update(NODE).update(left).update(right).digest();
}

/** Adds one leaf hash (32 bytes). Answers the new frontier and the nodes to store: the leaf, and every subtree that it
 *  completes; two on average. */
export function appendLeaf(
  { size, peaks }: LogFrontier,
  leaf: Uint8Array,
): { readonly frontier: LogFrontier; readonly nodes: readonly HashedLogNode[] } {
  check(leaf.byteLength === HASH_BYTES, 'ARGUMENT_INVALID', 'A leaf hash has 32 bytes.');
  const open = [...peaks];
  const nodes: HashedLogNode[] = [{ level: 0, index: size, hash: leaf }];
  let hash = leaf;
  for (let level = 1, index = size; index % 2n === 1n; level += 1) {
    const left = open.pop();
    check(left, 'ARGUMENT_INVALID', 'The frontier has too few peaks for its size.');
    hash = nodeHash(left, hash);
    index /= 2n;
    nodes.push({ level, index, hash });
  }
  return { frontier: { size: size + 1n, peaks: [...open, hash] }, nodes };
}

/** The root hash (32 bytes) of the log at this frontier. */
export function logRoot({ peaks }: LogFrontier): Buffer {
  return peaks.length === 0 ? createHash('sha256').digest() : fold(peaks);
}

/** The addresses of a frontier's peaks, to load it from storage. Also the root of any earlier size. */
export function frontierPath(size: bigint): readonly LogNode[] {
  return cover(0n, size);
}

/** Where the proof that leaf `index` is in the log of `size` is found (RFC 9162 section 2.1.3.1).
 *  0 <= index < size; throws ARGUMENT_INVALID. At most 64 elements. */
export function inclusionPath(index: bigint, size: bigint): ProofPath {
  check(index >= 0n && index < size, 'ARGUMENT_INVALID', 'The leaf is not in a log of this size.');
  const path: (readonly LogNode[])[] = [];
  let [begin, end] = [0n, size];
  while (end - begin > 1n) {
    const middle = begin + powerBelow(end - begin);
    if (index < middle) {
      path.unshift(cover(middle, end));
      end = middle;
    } else {
      path.unshift(cover(begin, middle));
      begin = middle;
    }
  }
  return path;
}

/** Where the proof that the log of `size1` is a prefix of the log of `size2` is found (RFC 9162 section 2.1.4.1).
 *  1 <= size1 <= size2; throws ARGUMENT_INVALID. Equal sizes need no proof: an empty path. */
export function consistencyPath(size1: bigint, size2: bigint): ProofPath {
  check(
    size1 >= 1n && size1 <= size2,
    'ARGUMENT_INVALID',
    'The sizes are not those of one growing log.',
  );
  const path: (readonly LogNode[])[] = [];
  let [begin, end] = [0n, size2];
  while (size1 < end) {
    const middle = begin + powerBelow(end - begin);
    if (size1 <= middle) {
      path.unshift(cover(middle, end));
      end = middle;
    } else {
      path.unshift(cover(begin, middle));
      begin = middle;
    }
  }
  // The old root itself is left out where it is a subtree of the new log: the verifier has it.
  return begin === 0n ? path : [cover(begin, end), ...path];
}

/** The hashes of a path. read: the stored hash of a complete subtree. */
export function proofOf(
  path: ProofPath,
  read: (node: LogNode) => Uint8Array,
): readonly Uint8Array[] {
  return path.map((nodes) => fold(nodes.map(read)));
}

/** Throws LOG_PROOF_INVALID unless the proof leads from the leaf hash to the root (RFC 9162 section 2.1.3.2). */
export function verifyInclusion({ index, size, leaf, proof, root }: InclusionClaim): void {
  const sized = [leaf, root, ...proof].every((hash) => hash.byteLength === HASH_BYTES);
  refuseUnless(sized && index >= 0n && index < size);
  let [node, last] = [index, size - 1n];
  let hash = leaf;
  for (const sibling of proof) {
    refuseUnless(last > 0n);
    if (node % 2n === 1n || node === last) {
      hash = nodeHash(sibling, hash);
      // A right edge without a sibling is lifted until it has one.
      while (node % 2n === 0n && node !== 0n) [node, last] = [node / 2n, last / 2n];
    } else {
      hash = nodeHash(hash, sibling);
    }
    [node, last] = [node / 2n, last / 2n];
  }
  refuseUnless(last === 0n && equalBytes(hash, root));
}

/** Throws LOG_PROOF_INVALID unless the proof shows that the log of root1 is a prefix of the log of root2 (RFC 9162
 *  section 2.1.4.2). size1 must be at least 1: everything is consistent with the empty log, and it proves nothing. */
export function verifyConsistency({ size1, size2, root1, root2, proof }: ConsistencyClaim): void {
  const sized = [root1, root2, ...proof].every((hash) => hash.byteLength === HASH_BYTES);
  refuseUnless(sized && size1 >= 1n && size1 <= size2);
  if (size1 === size2) {
    refuseUnless(proof.length === 0 && equalBytes(root1, root2));
    return;
  }
  const isPower = (size1 & (size1 - 1n)) === 0n;
  const [first, ...rest] = isPower ? [root1, ...proof] : proof;
  refuseUnless(first !== undefined && proof.length > 0);
  let [node, last] = [size1 - 1n, size2 - 1n];
  while (node % 2n === 1n) [node, last] = [node / 2n, last / 2n];
  let [hash1, hash2]: [Uint8Array, Uint8Array] = [first, first];
  for (const sibling of rest) {
    refuseUnless(last > 0n);
    if (node % 2n === 1n || node === last) {
      hash1 = nodeHash(sibling, hash1);
      hash2 = nodeHash(sibling, hash2);
      while (node % 2n === 0n && node !== 0n) [node, last] = [node / 2n, last / 2n];
    } else {
      hash2 = nodeHash(hash2, sibling);
    }
    [node, last] = [node / 2n, last / 2n];
  }
  refuseUnless(last === 0n && equalBytes(hash1, root1) && equalBytes(hash2, root2));
}

function refuseUnless(holds: boolean): asserts holds {
  check(holds, 'LOG_PROOF_INVALID', 'The proof does not lead to the root.');
}

/** The largest power of two below n (n > 1): where RFC 6962 splits a tree. */
function powerBelow(n: bigint): bigint {
  return 1n << BigInt((n - 1n).toString(2).length - 1);
}

/** The complete subtrees of the leaves [begin, end), largest first; begin is a multiple of the first one's size. */
function cover(begin: bigint, end: bigint): readonly LogNode[] {
  const nodes: LogNode[] = [];
  for (let at = begin; at < end;) {
    const level = (end - at).toString(2).length - 1;
    nodes.push({ level, index: at >> BigInt(level) });
    at += 1n << BigInt(level);
  }
  return nodes;
}

/** One hash out of neighbours, largest first: the smaller ones at the right are joined before the larger. */
function fold(hashes: readonly Uint8Array[]): Buffer {
  const joined = hashes.reduceRight((right, left) => nodeHash(left, right));
  return Buffer.from(joined);
}
