import { emptyRoot, nodeHash } from './hashes.ts'
import { type Leaves, leftSizeOf } from './splits.ts'
import { hashOver, type SubtreeHash } from './subtrees.ts'

/**
 * Proves that the tree of the first `from` leaves is the beginning of the tree of the first `to` leaves. `from` is at most
 * `to`. The proof is empty where one of the two is nothing, or both are the same.
 * Source: RFC 6962, 2.1.2; RFC 9162, 2.1.4.1.
 */
export const consistencyProof = ({ from, to }: { from: number; to: number }, subtree: SubtreeHash): Promise<Buffer[]> =>
  Promise.all(stepsOf({ from, to }).map(leaves => hashOver(leaves, subtree)))

const stepsOf = ({ from, to }: { from: number; to: number }): Leaves[] =>
  from === 0 ? [] : partsOf(from, { start: 0, end: to }, true)

/** `isRoot`: these leaves are all of the tree before, whose root the reader has. */
function partsOf(from: number, { start, end }: Leaves, isRoot: boolean): Leaves[] {
  if (from === end) return isRoot ? [] : [{ start, end }]
  const middle = start + leftSizeOf(end - start)
  return from <= middle
    ? [...partsOf(from, { start, end: middle }, isRoot), { start: middle, end }]
    : [...partsOf(from, { start: middle, end }, false), { start, end: middle }]
}

/** A tree as a checkpoint tells it. */
export type TreeHead = { size: number; root: Buffer }

/** Whether the tree `from` is the beginning of the tree `to`, by this proof. Source: RFC 9162, 2.1.4.2. */
export function isConsistent({ from, to, proof }: { from: TreeHead; to: TreeHead; proof: readonly Buffer[] }): boolean {
  if (from.size > to.size) return false
  if (from.size === 0) return proof.length === 0 && from.root.equals(emptyRoot())
  if (from.size === to.size) return proof.length === 0 && from.root.equals(to.root)
  const steps = stepsOf({ from: from.size, to: to.size })
  if (steps.length !== proof.length) return false
  const [before, after] = rootsBy(steps, proof, from)
  return before.equals(from.root) && after.equals(to.root)
}

/** The roots of both trees. The tree before is its own first part where it is complete: then the proof leaves it out. */
function rootsBy(steps: readonly Leaves[], proof: readonly Buffer[], from: TreeHead): [before: Buffer, after: Buffer] {
  const isLeftOut = steps[0]?.start === from.size
  const first = isLeftOut ? from.root : (proof[0] as Buffer)
  let [before, after] = [first, first]
  for (let step = isLeftOut ? 0 : 1; step < steps.length; step++) {
    const other = proof[step] as Buffer
    if ((steps[step] as Leaves).start >= from.size) after = nodeHash(after, other)
    else {
      before = nodeHash(other, before)
      after = nodeHash(other, after)
    }
  }
  return [before, after]
}
