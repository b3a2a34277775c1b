import { hashBytes } from '../tree/hashes.ts'
import { bytesOfBase64 } from './base64.ts'

/** What a log says of itself: which log it is, how many records it has, and the root of the tree over them. */
export type Checkpoint = { origin: string; size: number; root: Buffer }

/** The text of a checkpoint, which is signed as a note. Source: https://c2sp.org/tlog-checkpoint */
export const checkpointText = ({ origin, size, root }: Checkpoint): string =>
  `${origin}\n${size}\n${root.toString('base64')}\n`

/**
 * Reads what `checkpointText` writes. Undefined for anything else: a size that is spelt in another way, a root that is not a
 * hash, lines that we do not write.
 */
export function readCheckpoint(text: string): Checkpoint | undefined {
  const found = /^(?<origin>[^\n]+)\n(?<digits>0|[1-9]\d{0,15})\n(?<encoded>[^\n]+)\n$/.exec(text)?.groups
  if (!found) return undefined
  const { origin, digits, encoded } = found as { origin: string; digits: string; encoded: string }
  const root = bytesOfBase64(encoded)
  const size = Number(digits)
  return root?.length === hashBytes && Number.isSafeInteger(size) ? { origin, size, root } : undefined
}
