import { leafHash } from '../tree/hashes.ts'
import { readExportedRecord } from './exported.ts'
import { type PersonalStanding, standingOfPersonal } from './personal-part.ts'
import { readSaid, type Said } from './said.ts'

/** What one line of an export is, without a look at any other line. Undefined for what is no record. */
export type ReadLine = { said: Said; leaf: Buffer; proof: readonly Buffer[]; personal: PersonalStanding } | undefined

/** Reads a line behind the first one. */
export function readLine(line: string): ReadLine {
  const exported = readExportedRecord(line)
  const said = exported && readSaid(exported.bytes)
  if (!said) return undefined
  return {
    said,
    leaf: leafHash(exported.bytes),
    proof: exported.proof,
    personal: standingOfPersonal(said.personal, exported),
  }
}
