import { z } from 'zod'
import { bytesOfBase64 } from '../notes/base64.ts'
import { type CompactRange, isCompactRange } from '../tree/compact-range.ts'
import { hashBytes } from '../tree/hashes.ts'

/**
 * The first line of an export. `checkpoint`: the signed note; without a signing key its text alone, which proves nothing.
 * `vkey`: for people to compare; null without a key. `filter`: what was asked for, as the page has it; empty for everything.
 * `cut`: the tree before the first record that is still kept, where older ones were dropped for their age.
 */
export type ExportHead = {
  checkpoint: string
  vkey: string | null
  filter: Readonly<Record<string, unknown>>
  cut?: CompactRange | undefined
}

/** A record of an export. `bytes` as they are stored, `personal` and `salt` (base64) null where there are none any more. */
export type ExportedRecord = { bytes: string; personal: string | null; salt: string | null; proof: readonly Buffer[] }

/**
 * The first line of `/trail.jsonl`, without its end. Take the checkpoint before you record the download, and export only the
 * records below its size: then the file holds no act that is still going on, and a proof for each record.
 */
export const exportedHead = ({ checkpoint, vkey, filter, cut }: ExportHead): string =>
  JSON.stringify({
    checkpoint,
    vkey,
    filter,
    ...(cut && cut.size > 0 && { cut: { size: cut.size, hashes: cut.hashes.map(base64) } }),
  })

/** One more line of it, without its end. Records come by their numbers, the lowest first. */
export const exportedRecord = ({ bytes, personal, salt, proof }: ExportedRecord): string =>
  JSON.stringify({ record: bytes, personal, salt, proof: proof.map(base64) })

const base64 = (bytes: Buffer): string => bytes.toString('base64')

const hash = z
  .string()
  .transform(bytesOfBase64)
  .pipe(z.instanceof(Buffer).refine(({ length }) => length === hashBytes))
const cutRange = z.object({ size: z.number(), hashes: z.array(hash) }).refine(isCompactRange)
const headLine = z.object({
  checkpoint: z.string(),
  vkey: z.string().nullable(),
  filter: z.record(z.string(), z.unknown()),
  cut: cutRange.optional(),
})
/** A tree of 2⁵³ records has proofs of 53 hashes. */
const recordLine = z
  .object({
    record: z.string(),
    personal: z.string().nullable(),
    salt: z.string().nullable(),
    proof: z.array(hash).max(53),
  })
  .transform(({ record, ...rest }) => ({ bytes: record, ...rest }))

/** Reads what `exportedHead` writes. Undefined for anything else. */
export const readExportedHead = (line: string): ExportHead | undefined => headLine.safeParse(json(line)).data

/** Reads what `exportedRecord` writes. Undefined for anything else. */
export const readExportedRecord = (line: string): ExportedRecord | undefined => recordLine.safeParse(json(line)).data

function json(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {}
  return undefined
}
