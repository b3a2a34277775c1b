import { emptyRoot, hashBytes, nodeHash } from './hashes.ts'

/**
 * All that the tree has to remember of its first `size` leaves to go on and to tell its root: the hashes of the complete
 * subtrees that it consists of, left to right, the largest first. One for each bit of `size`.
 */
export type CompactRange = { size: number; hashes: readonly Buffer[] }

export const emptyRange: CompactRange = { size: 0, hashes: [] }

/** Hears of each complete subtree that a leaf completes, the leaf first: what there is to keep for proofs. */
export type OnSubtree = (level: number, index: number, hash: Buffer) => void

/** The tree with one leaf more. The range that is given stays as it is. */
export function appended({ size, hashes }: CompactRange, leaf: Buffer, onSubtree: OnSubtree = () => {}): CompactRange {
  const rest = [...hashes]
  let hash = leaf
  let index = size
  onSubtree(0, index, hash)
  // An odd index is the right side of a subtree: the left side is the last hash that we have.
  for (let level = 1; index % 2 === 1; level++) {
    hash = nodeHash(rest.pop() as Buffer, hash)
    index = (index - 1) / 2
    onSubtree(level, index, hash)
  }
  return { size: size + 1, hashes: [...rest, hash] }
}

/** The root of the tree. Source: RFC 6962, 2.1. */
export const rootOf = ({ hashes }: CompactRange): Buffer =>
  hashes.length === 0 ? emptyRoot() : hashes.reduceRight((right, left) => nodeHash(left, right))

/** Whether this can be the range of a tree: a whole size, and a hash of 32 bytes for each of its bits. */
export function isCompactRange({ size, hashes }: CompactRange): boolean {
  if (!Number.isSafeInteger(size) || size < 0) return false
  return hashes.length === bitsIn(size) && hashes.every(hash => hash.length === hashBytes)
}

const bitsIn = (size: number): number => size.toString(2).replaceAll('0', '').length
