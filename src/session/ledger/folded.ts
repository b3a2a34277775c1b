import { appended, type CompactRange, emptyRange, rootOf } from '../../audit/tree/compact-range.ts'
import { hashBytes, leafHash } from '../../audit/tree/hashes.ts'

/** So many hashes make a tile: eight levels of the tree. */
export const tileSize = 256

/**
 * The tree over the first `size` records, as far as it can still change: `edge[level]` are the hashes of the tile at that
 * level that is not full yet. A hash at level 0 is a leaf, at each level above it the root of a full tile below. Full tiles
 * never change, and are kept apart. Source, for tiles: https://c2sp.org/tlog-tiles
 */
export type Folded = { size: number; edge: readonly (readonly Buffer[])[] }
/** A tile that is full: tile `index` of its level. */
export type FullTile = { level: number; index: number; hashes: readonly Buffer[] }

export const nothingFolded: Folded = { size: 0, edge: [] }

/** The leaf in the place of a record that was lost before the tree knew it: that of no bytes at all. */
export const lostLeaf = leafHash('')

/** The tree with these leaves more, and the tiles that they fill. */
export function folding({ size, edge }: Folded, leaves: readonly Buffer[]): { folded: Folded; full: FullTile[] } {
  const grown = edge.map(hashes => [...hashes])
  const full: FullTile[] = []
  for (const leaf of leaves) {
    size += 1
    let hash = leaf
    for (let level = 0; ; level++) {
      grown[level] ??= []
      const hashes = grown[level] as Buffer[]
      hashes.push(hash)
      if (hashes.length < tileSize) break
      full.push({ level, index: size / tileSize ** (level + 1) - 1, hashes })
      grown[level] = []
      hash = rootOf(rangeOver(hashes))
    }
  }
  return { folded: { size, edge: grown }, full }
}

/** All that is needed to go on with the tree and to tell its root. */
export const rangeOfFolded = ({ size, edge }: Folded): CompactRange => ({
  size,
  hashes: edge.toReversed().flatMap(hashes => rangeOver(hashes).hashes),
})

/** The range of the small tree over the hashes of a tile. */
export const rangeOver = (hashes: readonly Buffer[]): CompactRange =>
  hashes.reduce((range, hash) => appended(range, hash), emptyRange)

/** How many hashes the tile has that is not full at this level, in a tree of this size; and how many full tiles are before it. */
export const placeAt = (level: number, size: number): { tile: number; count: number } => {
  const hashes = Math.floor(size / tileSize ** level)
  return { tile: Math.floor(hashes / tileSize), count: hashes % tileSize }
}

/** So many levels of tiles hold any number of records that there can be. */
export const levelsOf = (size: number): number[] => {
  const levels: number[] = []
  for (let level = 0; size >= tileSize ** level; level++) levels.push(level)
  return levels
}

/** Hashes as one text. */
export const hashesText = (hashes: readonly Buffer[]): string => Buffer.concat(hashes).toString('base64')
/** What `hashesText` made; undefined for any other text. */
export function hashesIn(text: string): Buffer[] | undefined {
  const bytes = Buffer.from(text, 'base64')
  if (bytes.toString('base64') !== text || bytes.length % hashBytes !== 0) return undefined
  return Array.from({ length: bytes.length / hashBytes }, (_, index) =>
    bytes.subarray(index * hashBytes, (index + 1) * hashBytes),
  )
}
