import { nodeHash } from './hashes.ts'
import { type Leaves, leftSizeOf } from './splits.ts'
import { hashOver, type SubtreeHash } from './subtrees.ts'

/**
 * Proves that leaf `index` is in the tree of the first `size` leaves: the hash of the other side at each step from the leaf
 * to the root, the leaf's neighbour first. `index` is below `size`.
 * Source: RFC 6962, 2.1.1; RFC 9162, 2.1.3.1.
 */
export const inclusionProof = (
  { index, size }: { index: number; size: number },
  subtree: SubtreeHash,
): Promise<Buffer[]> => Promise.all(otherSides(index, { start: 0, end: size }).map(leaves => hashOver(leaves, subtree)))

/** Where there is no leaf `index` in a tree of `size` leaves, there is no proof of it. */
export const isPlaceIn = (size: number, index: number): boolean =>
  Number.isSafeInteger(index) && index >= 0 && index < size

/** The leaves on the other side at each step from the leaf to the root over these leaves, the leaf's neighbour first. */
export function otherSides(index: number, { start, end }: Leaves): Leaves[] {
  if (end - start === 1) return []
  const middle = start + leftSizeOf(end - start)
  const [left, right] = [
    { start, end: middle },
    { start: middle, end },
  ]
  return index < middle ? [...otherSides(index, left), right] : [...otherSides(index, right), left]
}

/** A leaf, where it is said to be, and the proof of it. */
export type Inclusion = { leaf: Buffer; index: number; size: number; proof: readonly Buffer[] }

/**
 * The root to which a proof leads. Undefined where the proof is too short or too long for this place, or where there is no
 * such place in a tree of this size.
 */
export function rootByInclusion({ leaf, index, size, proof }: Inclusion): Buffer | undefined {
  if (!isPlaceIn(size, index)) return undefined
  const sides = otherSides(index, { start: 0, end: size })
  if (sides.length !== proof.length) return undefined
  return proof.reduce((hash, other, step) => {
    const isLeft = (sides[step] as Leaves).end <= index
    return isLeft ? nodeHash(other, hash) : nodeHash(hash, other)
  }, leaf)
}

/** Whether the leaf is at this place in the tree with this root. Source: RFC 9162, 2.1.3.2. */
export const isIncluded = (inclusion: Inclusion, root: Buffer): boolean =>
  rootByInclusion(inclusion)?.equals(root) ?? false
