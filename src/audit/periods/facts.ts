import type { AuditedPerson, AuditRecordRead } from '../trail.ts'

// Facts of a record are whatever its writer gave, perhaps in a later release: nothing of them is taken for granted.

/** A fact that is a text with something in it. */
export function textFact(record: AuditRecordRead, name: string): string | undefined {
  const value = record[name]
  return typeof value === 'string' && value !== '' ? value : undefined
}

/** A fact that is an instant as ISO 8601, in epoch ms. */
export function instantFact(record: AuditRecordRead, name: string): number | undefined {
  const ms = Date.parse(textFact(record, name) ?? '')
  return Number.isNaN(ms) ? undefined : ms
}

/** The person in a field of a record. Their object id is in small letters, so that the same person is found to be the same. */
export function personFact(record: AuditRecordRead, name: 'actor' | 'subject' | 'by'): AuditedPerson | undefined {
  const found: unknown = record[name]
  if (typeof found !== 'object' || found === null || !('objectId' in found)) return undefined
  const { objectId, name: called, username } = found as Record<string, unknown>
  if (typeof objectId !== 'string' || objectId === '') return undefined
  return {
    objectId: objectId.toLowerCase(),
    ...(typeof called === 'string' && { name: called }),
    ...(typeof username === 'string' && { username }),
  }
}

/** The first of these that is known. */
export const firstOf = <T>(values: readonly (T | undefined)[]): T | undefined =>
  values.find(value => value !== undefined)
