import { createHash, randomBytes } from 'node:crypto'
import type { AuditRecord, AuditRecordRead } from '../../audit/trail.ts'

/** People in a record. Of each, the object id stays in the record. */
const people = ['actor', 'subject', 'by'] as const
const ofPerson = ['name', 'username'] as const
/**
 * What people type, and what tells who or where they are. In the field for a ticket somebody may type anything, and what
 * somebody looks for (`filter`) may be a name.
 */
const texts = ['person', 'reason', 'ticket', 'comment', 'address', 'browser', 'filter'] as const
/** The ledger gives these. What a writer says in their place counts for nothing. */
const given = ['v', 'seq', 'at', 'personal'] as const

type Fields = Record<string, unknown>

/** The personal part of a record, as it is kept beside it: UTF-8 JSON, and the base64 of a salt of its own. */
export type PersonalPart = { salt: string; personal: string }

/** 16 bytes, so that nobody finds a name by trying all names; base64 makes 24 characters of them. */
const saltBytes = 16
const saltLength = 24

/**
 * Splits a record in two: what stays in the tree for good, and what can be erased. In the first part `personal` stands for
 * the second one: base64 of SHA-256(salt ‖ personal bytes).
 */
export function splitRecord(record: AuditRecord): { lasting: Fields; kept: PersonalPart | undefined } {
  const lasting: Fields = { ...record }
  const personal: Fields = {}
  for (const name of given) delete lasting[name]
  for (const name of texts) {
    if (lasting[name] !== undefined) personal[name] = lasting[name]
    delete lasting[name]
  }
  for (const who of people) {
    const person = lasting[who]
    if (typeof person !== 'object' || person === null) continue
    const rest: Fields = { ...person }
    const names = ofPerson.flatMap(name => (rest[name] === undefined ? [] : [[name, rest[name]]]))
    for (const name of ofPerson) delete rest[name]
    lasting[who] = rest
    if (names.length > 0) personal[who] = Object.fromEntries(names)
  }
  if (Object.keys(personal).length === 0) return { lasting, kept: undefined }
  const kept = { salt: randomBytes(saltBytes).toString('base64'), personal: JSON.stringify(personal) }
  return { lasting: { ...lasting, personal: hashOfPersonal(kept) }, kept }
}

/** What stands in a record for its personal part. */
export const hashOfPersonal = ({ salt, personal }: PersonalPart): string =>
  createHash('sha256').update(Buffer.from(salt, 'base64')).update(personal, 'utf8').digest('base64')

/** The personal part as one text of Redis, and back. */
export const personalText = (kept: PersonalPart | undefined): string => (kept ? kept.salt + kept.personal : '')
/** Undefined where nothing is kept, or what is kept is no personal part. */
export const personalIn = (text: string | null | undefined): PersonalPart | undefined =>
  text ? { salt: text.slice(0, saltLength), personal: text.slice(saltLength) } : undefined

/** A record with its personal part put back; as it is where that was erased or does not belong to it. */
export function wholeRecord(record: AuditRecordRead, kept: PersonalPart | undefined): AuditRecordRead {
  if (!kept || hashOfPersonal(kept) !== record.personal) return record
  const whole: Fields = { ...record }
  for (const [name, value] of Object.entries(JSON.parse(kept.personal) as Fields)) {
    const there = whole[name]
    whole[name] = typeof there === 'object' && typeof value === 'object' ? { ...there, ...value } : value
  }
  return whole as AuditRecordRead
}
