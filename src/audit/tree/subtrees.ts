import { nodeHash } from './hashes.ts'
import { completeSubtreesOf, type Leaves } from './splits.ts'

/**
 * The hash of a complete subtree, as whoever keeps the tree has it: 2^`level` leaves, from leaf `index` · 2^`level` on. Level 0
 * is a leaf. A complete subtree never changes, so its hash may be kept for good.
 */
export type SubtreeHash = (level: number, index: number) => Buffer | Promise<Buffer>

/** The hash over leaves that begin where a subtree of their number may begin. All parts of it are asked for at once. */
export async function hashOver(leaves: Leaves, subtree: SubtreeHash): Promise<Buffer> {
  const parts = completeSubtreesOf(leaves).map(({ start, end }) => {
    const size = end - start
    return subtree(Math.log2(size), start / size)
  })
  return (await Promise.all(parts)).reduceRight((right, left) => nodeHash(left, right))
}
