import type { AuditRecordRead } from '../../../audit/trail.ts'
import type { KeptRecord } from '../../../session/ledger/reading.ts'

// Facts of a record are whatever its writer gave, perhaps in a later release: nothing of them is taken for granted.

/** A fact that is a text, or a number or yes and no as a text; empty for anything else. */
export function factOf(record: AuditRecordRead, name: string): string {
  const value = record[name]
  if (typeof value === 'string') return value
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : ''
}

/** A person that a record names. Each of the texts may be empty. */
export type NamedPerson = { name: string; username: string; objectId: string }

/** The person in a field of a record; undefined where there is none. */
export function personIn(record: AuditRecordRead, field: 'actor' | 'subject' | 'by'): NamedPerson | undefined {
  const found = record[field]
  if (typeof found !== 'object' || found === null) return undefined
  const textAt = (name: string) => {
    const value = (found as Record<string, unknown>)[name]
    return typeof value === 'string' ? value : ''
  }
  return { name: textAt('name'), username: textAt('username'), objectId: textAt('objectId') }
}

/** Whether the personal part of a record is gone: the record has a hash that stands for one, and there is none. */
export const isErased = ({ record, personal }: Pick<KeptRecord, 'record' | 'personal'>): boolean =>
  typeof record.personal === 'string' && personal === null

/** All texts and numbers in a value, whatever its shape. */
export function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value]
  if (typeof value === 'number') return [String(value)]
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : []
}

/**
 * A text for a line of ours: on one line, without the characters that change the direction of what stands behind them. A
 * name with one of those could turn a sentence around.
 */
export const onOneLine = (text: string): string =>
  text
    .replace(/[\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]/g, '')
    .replace(/[\s\p{Cc}]+/gu, ' ')
    .trim()
