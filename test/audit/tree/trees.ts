import { emptyRoot, leafHash, nodeHash } from '../../../src/audit/tree/hashes.ts'
import type { SubtreeHash } from '../../../src/audit/tree/subtrees.ts'

/** The example of Certificate Transparency: eight records. */
export const ctRecords = [
  '',
  '00',
  '10',
  '2021',
  '3031',
  '40414243',
  '5051525354555657',
  '606162636465666768696a6b6c6d6e6f',
].map(digits => Buffer.from(digits, 'hex'))

/** Roots of the trees of the first 0 to 8 of those records. */
export const ctRoots = [
  'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
]

/** A tree as RFC 6962 defines it, top down, that remembers what it has hashed: slow, and plainly right. */
export function naiveTree(records: readonly (Buffer | string)[]) {
  const leaves = records.map(record => leafHash(record))
  const known = new Map<string, Buffer>()

  function over(start: number, end: number): Buffer {
    const name = `${start} ${end}`
    const hash = known.get(name) ?? hashed(start, end)
    known.set(name, hash)
    return hash
  }
  function hashed(start: number, end: number): Buffer {
    if (end - start === 1) return leaves[start] as Buffer
    const left = 2 ** Math.ceil(Math.log2(end - start) - 1)
    return nodeHash(over(start, start + left), over(start + left, end))
  }

  const subtree: SubtreeHash = (level, index) => over(index * 2 ** level, (index + 1) * 2 ** level)
  const root = (size: number): Buffer => (size === 0 ? emptyRoot() : over(0, size))
  return { leaves, subtree, root, over }
}
