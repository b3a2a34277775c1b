import type { TreeHead } from '../tree/consistency.ts'
import { nodeHash } from '../tree/hashes.ts'
import { type Inclusion, isPlaceIn, otherSides } from '../tree/inclusion.ts'
import type { Leaves } from '../tree/splits.ts'

/** A proof from the root down. `own`: the hashes from the root to the leaf. `other`: the hash beside each of them but the root. */
type Path = { index: number; own: readonly Buffer[]; other: readonly Buffer[] }
/** A hash on the way to a leaf that is known to be right, and those above it, from the root down. */
type Known = { hash: Buffer; above: readonly Buffer[] }

/**
 * Checks inclusion proofs to one root. What one proof has shown counts for the next one, so that neighbours cost two hashes
 * each and not twenty: the hashes beside the way to a proven record are proven too.
 */
export function createProofs({ size, root }: TreeHead): (inclusion: Omit<Inclusion, 'size'>) => boolean {
  let proven: Path | undefined

  return ({ leaf, index, proof }) => {
    if (!isPlaceIn(size, index)) return false
    const sides = otherSides(index, { start: 0, end: size })
    if (sides.length !== proof.length) return false
    const other = proof.toReversed()
    const known = proven ? knownOnTheWay(proven, sides.toReversed(), other) : { hash: root, above: [] }
    if (!known) return false
    const climbed = climb({ leaf, index, sides, proof: proof.slice(0, proof.length - known.above.length) })
    if (!known.hash.equals(climbed.at(-1) as Buffer)) return false
    proven = { index, own: [...known.above, ...climbed.toReversed()], other }
    return true
  }
}

/** The hashes from the leaf up, as far as the proof leads. */
function climb({ leaf, index, sides, proof }: Omit<Inclusion, 'size'> & { sides: readonly Leaves[] }): Buffer[] {
  const climbed = [leaf]
  let hash = leaf
  for (const [step, beside] of proof.entries()) {
    hash = (sides[step] as Leaves).end <= index ? nodeHash(beside, hash) : nodeHash(hash, beside)
    climbed.push(hash)
  }
  return climbed
}

/**
 * The last hash on the way down to a leaf that the proof before has shown. Undefined where this proof contradicts that one.
 * Sides and hashes come from the root down.
 */
function knownOnTheWay(proven: Path, sides: readonly Leaves[], other: readonly Buffer[]): Known | undefined {
  const isAsProven = (hash: Buffer, depth: number) => hash.equals(proven.other[depth] as Buffer)
  const fork = sides.findIndex(({ start, end }) => start <= proven.index && proven.index < end)
  if (fork === -1) {
    const above = proven.own.slice(0, -1)
    return other.every(isAsProven) ? { hash: proven.own.at(-1) as Buffer, above } : undefined
  }
  const above = proven.own.slice(0, fork + 1)
  const isSame =
    other.slice(0, fork).every(isAsProven) && (other[fork] as Buffer).equals(proven.own[fork + 1] as Buffer)
  return isSame ? { hash: proven.other[fork] as Buffer, above } : undefined
}
