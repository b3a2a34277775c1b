import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import { type Folded, hashesIn, hashesText, levelsOf, placeAt } from './folded.ts'

/** A checkpoint: the size and the root (base64) of the tree, and where there is a key, the note that signs them. */
export type StoredCheckpoint = { size: number; root: string; note?: string | undefined; vkeys: readonly string[] }

/**
 * The head of the tree as replicas share it. `id` is another one after each write. `era` counts how often a replica had to
 * put back what Redis had lost: of two heads, the one of the later era is the true one.
 */
export type TreeHeadShared = {
  id: string
  era: number
  folded: Folded
  checkpoint: StoredCheckpoint
}

/** A new head has an id of its own. */
export const newHead = (facts: Omit<TreeHeadShared, 'id'>): TreeHeadShared => ({ ...facts, id: randomUUID() })

/** The id stands first in the text of a head, and has so many characters. */
export const headIdLength = 36

const shape = z.object({
  era: z.int().min(0),
  size: z.int().min(0),
  edge: z.array(z.string()),
  checkpoint: z.object({
    size: z.int().min(0),
    root: z.string(),
    note: z.string().optional(),
    vkeys: z.array(z.string()),
  }),
})

/** A head as it is stored: its id, and JSON. */
export function headText({ id, era, folded: { size, edge }, checkpoint }: TreeHeadShared): string {
  return id + JSON.stringify({ era, size, edge: edge.map(hashesText), checkpoint })
}

/** Undefined for what is no head: somebody else wrote it, or spoilt it. */
export function headIn(text: string | null): TreeHeadShared | undefined {
  if (text === null) return undefined
  const { data } = shape.safeParse(jsonOf(text.slice(headIdLength)))
  const folded = data && foldedIn(data)
  return folded && { id: text.slice(0, headIdLength), era: data.era, folded, checkpoint: data.checkpoint }
}

/** The part of a head that is the tree alone, as text. */
export const foldedText = ({ size, edge }: Folded): string => JSON.stringify({ size, edge: edge.map(hashesText) })
/** What `foldedText` made; undefined for any other text. */
export function foldedIn(text: string | null | { size: number; edge: string[] }): Folded | undefined {
  const found = typeof text === 'object' ? text : shape.pick({ size: true, edge: true }).safeParse(jsonOf(text)).data
  if (!found) return undefined
  const edge = found.edge.map(hashesIn).filter(hashes => hashes !== undefined)
  const isWhole = levelsOf(found.size).every(level => (edge[level]?.length ?? 0) === placeAt(level, found.size).count)
  return isWhole && edge.length === found.edge.length ? { size: found.size, edge } : undefined
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
