import { describe, expect, test } from 'vitest'
import {
  appended,
  type CompactRange,
  emptyRange,
  isCompactRange,
  type OnSubtree,
  rootOf,
} from '../../../src/audit/tree/compact-range.ts'
import { consistencyProof, isConsistent } from '../../../src/audit/tree/consistency.ts'
import { leafHash, nodeHash } from '../../../src/audit/tree/hashes.ts'
import { inclusionProof, isIncluded, rootByInclusion } from '../../../src/audit/tree/inclusion.ts'
import { completeSubtreesOf, leftSizeOf } from '../../../src/audit/tree/splits.ts'
import { ctRecords, ctRoots, naiveTree } from './trees.ts'

const hex = (hashes: readonly Buffer[]) => hashes.map(hash => hash.toString('hex'))
const bytes = (digits: readonly string[]) => digits.map(each => Buffer.from(each, 'hex'))

/** The ranges of the first 0 leaves, the first, the first two … */
function rangesOf(leaves: readonly Buffer[], onSubtree?: OnSubtree): CompactRange[] {
  const ranges = [emptyRange]
  for (const leaf of leaves) ranges.push(appended(ranges.at(-1) as CompactRange, leaf, onSubtree))
  return ranges
}

describe('the example of Certificate Transparency', () => {
  const ct = naiveTree(ctRecords)

  test('has the roots that are known for it', () => {
    const ranges = rangesOf(ctRecords.map(record => leafHash(record)))
    expect(hex(ranges.map(rootOf))).toEqual(ctRoots)
  })

  test.each([
    [0, 1, []],
    [
      0,
      8,
      [
        '96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7',
        '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
        '6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4',
      ],
    ],
    [
      5,
      8,
      [
        'bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b',
        'ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0',
        'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
      ],
    ],
    [2, 3, ['fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125']],
  ])(
    'proves that record %i is among the first %i with the hashes that are known for it',
    async (index, size, known) => {
      expect(hex(await inclusionProof({ index, size }, ct.subtree))).toEqual(known)
      const leaf = leafHash(ctRecords[index] as Buffer)
      expect(rootByInclusion({ leaf, index, size, proof: bytes(known) })?.toString('hex')).toBe(ctRoots[size])
    },
  )

  test.each([
    [1, 1, []],
    [
      2,
      8,
      [
        '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
        '6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4',
      ],
    ],
    [
      6,
      8,
      [
        '0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a',
        'ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0',
        'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
      ],
    ],
  ])(
    'proves that its first %i records begin its first %i with the hashes that are known for it',
    async (from, to, known) => {
      expect(hex(await consistencyProof({ from, to }, ct.subtree))).toEqual(known)
      const [before, after] = [from, to].map(size => ({ size, root: ct.root(size) }))
      expect(isConsistent({ from: before as never, to: after as never, proof: bytes(known) })).toBe(true)
    },
  )
})

const most = 300
const tree = naiveTree(Array.from({ length: most }, (_, index) => `record ${index}`))
const sizes = Array.from({ length: most + 1 }, (_, size) => size)
/** All places of small trees; of larger ones the edges, where a mistake would be. */
const placesIn = (size: number) =>
  sizes.slice(0, size).filter(at => size <= 40 || at < 2 || at > size - 3 || (at & (at - 1)) === 0 || at % 61 === 0)
const headOf = (size: number) => ({ size, root: tree.root(size) })
const strange = leafHash('strange')

describe('for each size from 0 to 300', () => {
  const kept = new Map<string, Buffer>()
  const ranges = rangesOf(tree.leaves, (level, index, hash) => kept.set(`${level} ${index}`, hash))

  test('the compact range leads to the root that the definition gives', () => {
    expect(hex(ranges.map(rootOf))).toEqual(hex(sizes.map(tree.root)))
  })

  test('the compact range says how many leaves it has, and can be one', () => {
    expect(ranges.map(({ size }) => size)).toEqual(sizes)
    expect(ranges.every(isCompactRange)).toBe(true)
  })

  test('the complete subtrees that were told are all there are, each once, with its hash', () => {
    const there = sizes
      .slice(0, 9)
      .flatMap(level =>
        sizes
          .slice(0, Math.floor(most / 2 ** level))
          .map(index => [`${level} ${index}`, tree.subtree(level, index)] as const),
      )
    expect([...kept].toSorted()).toEqual(there.toSorted())
  })

  test('a record is proven at its place, and nowhere else', async () => {
    for (const size of sizes)
      for (const index of placesIn(size)) {
        const proof = await inclusionProof({ index, size }, tree.subtree)
        const leaf = tree.leaves[index] as Buffer
        const root = tree.root(size)
        const isProven = (changed: object) => isIncluded({ leaf, index, size, proof, ...changed }, root)
        expect([index, size, isProven({})]).toEqual([index, size, true])
        const changes = [
          { leaf: strange },
          { index: index + 1 },
          { index: index - 1 },
          { proof: [...proof, strange] },
          { proof: proof.slice(1).concat(proof.length > 0 ? [] : strange) },
          { proof: proof.slice(0, -1).concat(strange) },
        ]
        expect([index, size, changes.map(isProven)]).toEqual([index, size, changes.map(() => false)])
      }
  })

  test('each smaller tree is proven to be its beginning', async () => {
    for (const to of sizes)
      for (const from of [...placesIn(to), to]) {
        const proof = await consistencyProof({ from, to }, tree.subtree)
        const given = { from: headOf(from), to: headOf(to), proof }
        expect([from, to, isConsistent(given)]).toEqual([from, to, true])
        const changes = [
          { from: { size: from, root: strange } },
          ...(from > 0 ? [{ to: { size: to, root: strange } }] : []),
          { proof: [...proof, strange] },
          ...(proof.length > 0 ? [{ proof: proof.slice(1) }, { proof: [strange, ...proof.slice(1)] }] : []),
        ]
        expect([from, to, changes.map(change => isConsistent({ ...given, ...change }))]).toEqual([
          from,
          to,
          changes.map(() => false),
        ])
      }
  })
})

test('a larger tree is not the beginning of a smaller one', () => {
  expect(isConsistent({ from: headOf(5), to: headOf(4), proof: [] })).toBe(false)
})

test.each([1, 2.5, -1, Number.NaN])('there is no place %d in a tree of one record', index => {
  expect(rootByInclusion({ leaf: strange, index, size: 1, proof: [] })).toBeUndefined()
})

test('a record is not a node, whatever its bytes are', () => {
  const [left, right] = [leafHash('left'), leafHash('right')]
  expect(leafHash(Buffer.concat([left, right]))).not.toEqual(nodeHash(left, right))
})

test('a text is hashed as its UTF-8', () => {
  expect(leafHash('Zoë')).toEqual(leafHash(Buffer.from('Zoë', 'utf8')))
})

test.each([
  ['no whole size', { size: 1.5, hashes: [strange] }],
  ['a size below nothing', { size: -1, hashes: [strange] }],
  ['a hash too few', { size: 3, hashes: [strange] }],
  ['a hash too many', { size: 4, hashes: [strange, strange] }],
  ['a hash that is too short', { size: 1, hashes: [strange.subarray(1)] }],
])('what has %s is no compact range', (_what, range) => {
  expect(isCompactRange(range)).toBe(false)
})

test('sizes beyond 2³² are split right', () => {
  expect(leftSizeOf(2 ** 40 + 1)).toBe(2 ** 40)
  expect(completeSubtreesOf({ start: 0, end: 2 ** 33 + 3 })).toEqual([
    { start: 0, end: 2 ** 33 },
    { start: 2 ** 33, end: 2 ** 33 + 2 },
    { start: 2 ** 33 + 2, end: 2 ** 33 + 3 },
  ])
})
