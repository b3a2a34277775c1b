import { expect, test } from 'vitest'
import { leafHash } from '../../../src/audit/tree/hashes.ts'
import { inclusionProof, isIncluded } from '../../../src/audit/tree/inclusion.ts'
import { createProofs } from '../../../src/audit/verify/proofs.ts'
import { naiveTree } from '../tree/trees.ts'

const most = 21
const tree = naiveTree(Array.from({ length: most }, (_, index) => `record ${index}`))
const strange = leafHash('strange')

/** Each record of a tree, and the same with another leaf, another place, or a proof that was changed at each of its steps. */
async function attempts(size: number) {
  const all = []
  for (let index = 0; index < size; index++) {
    const leaf = tree.leaves[index] as Buffer
    const proof = await inclusionProof({ index, size }, tree.subtree)
    const right = { leaf, index, proof }
    const changed = proof.map((_, step) => ({ ...right, proof: proof.toSpliced(step, 1, strange) }))
    all.push(
      right,
      { ...right, leaf: strange },
      { ...right, index: index + 1 },
      { ...right, proof: proof.slice(1) },
      ...changed,
    )
  }
  return all
}

test('after any other proof, a proof is right exactly if it is right alone', async () => {
  for (const size of [1, 2, 3, 7, 8, most]) {
    const root = tree.root(size)
    const all = await attempts(size)
    for (const before of all)
      for (const { leaf, index, proof } of all) {
        const isProven = createProofs({ size, root })
        isProven(before)
        expect(isProven({ leaf, index, proof })).toBe(isIncluded({ leaf, index, size, proof }, root))
      }
  }
})

test('one proof after the other, forth and back, each is right', async () => {
  const isProven = createProofs({ size: most, root: tree.root(most) })
  const places = tree.leaves.map((_, index) => index)
  for (const index of [...places, ...places.toReversed(), 3, 3, 17, 0, 20, 20]) {
    const proof = await inclusionProof({ index, size: most }, tree.subtree)
    expect(isProven({ leaf: tree.leaves[index] as Buffer, index, proof })).toBe(true)
    expect(isProven({ leaf: strange, index, proof })).toBe(false)
  }
})

test('in a tree without records nothing is proven', () => {
  expect(createProofs({ size: 0, root: tree.root(0) })({ leaf: strange, index: 0, proof: [] })).toBe(false)
})
