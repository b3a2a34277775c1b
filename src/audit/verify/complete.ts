import type { ExportHead } from './exported.ts'
import { cannotTell, counted, type Finding, no, yes } from './findings.ts'
import type { Seen } from './seen.ts'
import type { JudgedCheckpoint } from './trust.ts'

/** An export, what was seen in it, and the checkpoint that its reader has from elsewhere. */
export type Measured = {
  head: ExportHead
  checkpoint: JudgedCheckpoint
  held: JudgedCheckpoint | undefined
  seen: Seen
}

/** Whether the file is the whole log, and the one that the checkpoint at hand is of. The first rule that speaks counts. */
export const findComplete = (measured: Measured): Finding =>
  contradiction(measured) ??
  onlyPart(measured) ??
  missingRecords(measured) ??
  otherBeginning(measured) ??
  doubts(measured) ??
  yes(wholeLog(measured))

/** What the two checkpoints say against each other, whatever the records are. */
function contradiction({ checkpoint, held }: Measured): Finding | undefined {
  if (held?.standing === 'forged') return no('the note that you hold is not what the trusted key signed')
  if (held?.standing !== 'signed') return undefined
  if (held.origin !== checkpoint.origin)
    return no(`the file is of the log ${checkpoint.origin}, your note of ${held.origin}`)
  if (held.size > checkpoint.size)
    return no(`your note covers ${counted(held.size, 'record')}, the file ends before this one`, checkpoint.size)
  if (held.size === checkpoint.size && !held.root.equals(checkpoint.root))
    return no('your note and the file tell of different records, as many: the log has two histories')
  return undefined
}

const onlyPart = ({ head }: Measured): Finding | undefined =>
  Object.keys(head.filter).length > 0 ? cannotTell('the file is a part of the log, by its filter') : undefined

/** A line that is no record of the checkpoint may be one that was changed: then it is not missing. */
function missingRecords({ seen: { missing, strange, lost } }: Measured): Finding | undefined {
  if (!missing) return undefined
  const words = `${counted(missing.count, 'record')} below the size of the checkpoint`
  if (missing.count <= strange) return cannotTell(`changed or missing: ${words}`, missing.first)
  const said = lost.find(({ from, to }) => from <= missing.first && missing.first <= to)
  if (said) return no(`missing: ${words}; record ${said.seq} says that the log lost them`, missing.first)
  return no(`missing: ${words}, the first is this one`, missing.first)
}

/** The file has all records that the checkpoint at hand covers: are they the same? */
function otherBeginning({ held, seen: { rootAtHeld } }: Measured): Finding | undefined {
  if (held?.standing !== 'signed' || !rootAtHeld || rootAtHeld.equals(held.root)) return undefined
  return no(`the first ${counted(held.size, 'record')} are not those of your note: the log has two histories`)
}

/** What a yes would need beside. */
function doubts({ head, checkpoint, held, seen }: Measured): Finding | undefined {
  if (seen.strange > 0 || seen.outOfPlace > 0) return cannotTell('the file holds lines that are not as they were')
  if (checkpoint.standing !== 'signed') return cannotTell('no key that you trust signed the checkpoint in the file')
  if (!held) return cannotTell('you gave no checkpoint of your own to hold against the file')
  if (held.standing !== 'signed') return cannotTell('no key that you trust signed the note that you hold')
  const before = head.cut?.size ?? 0
  if (before > checkpoint.size || !seen.rootOfAll.equals(checkpoint.root))
    return no('what the file says of the records before its first one is wrong')
  if (!seen.rootAtHeld) return cannotTell('your note is older than the first record that is still kept')
  if ((seen.droppedTo ?? -1) < before - 1)
    return cannotTell(`no record says that the ${before} before the first one were dropped for their age`)
  return undefined
}

function wholeLog({ head, checkpoint, held }: Measured): string {
  const before = head.cut?.size ?? 0
  const dropped = before > 0 ? `; the ${before} before were dropped for their age, as the log says` : ''
  const beginning =
    held && held.size < checkpoint.size ? `, and begins with the ${held.size} of your note` : ', as your note says'
  return `${counted(checkpoint.size - before, 'record')} without a gap${beginning}${dropped}`
}
