import type { AuditRecord, AuditRecordRead } from './trail.ts'

// Records that the trail holds, or shows, about itself.

/** Stands for a record that cannot be read, because somebody spoilt it. */
export const unreadableRecord = (seq: number): AuditRecordRead => ({ v: 1, seq, at: '', event: 'auditUnreadable' })

/** Records from the first to the last of these numbers are missing: Redis lost them, or somebody took them out. */
export const auditShortened = ({ from, to }: { from: number; to: number }): AuditRecord => ({
  event: 'auditShortened',
  from,
  to,
})

/** The newest tree over `size` records was gone, or was another one. A replica that remembered it put it back. */
export const auditRestored = ({ why, size }: { why: 'shorter' | 'differs'; size: number }): AuditRecord => ({
  event: 'auditRestored',
  why,
  size,
})

/** The contents of the records from the first to the last of these numbers were dropped, because they were kept for so many days. */
export const auditDropped = (facts: { from: number; to: number; days: number }): AuditRecord => ({
  event: 'auditDropped',
  ...facts,
})

/** The personal data of a person are to be erased from the trail. */
export const erasureRequested = (facts: { act: string; subject: string }): AuditRecord => erasure('Requested', facts)
/** The personal parts of so many records are gone. */
export const erasureCompleted = (facts: { act: string; subject: string; records: number }): AuditRecord =>
  erasure('Completed', facts)
const erasure = (step: string, { subject, ...facts }: { act: string; subject: string; records?: number }) => ({
  event: `erasure${step}`,
  ...facts,
  subject: { objectId: subject },
})

/**
 * A record of the releases before, by its text and the time of Redis (epoch ms) at which it was written. `recordedAt` is the
 * instant that it had. A text that cannot be read is kept as it is, as a comment.
 */
export function carriedRecord(text: string, writtenAt: number): AuditRecord {
  const { at, ...record } = parsedObject(text) ?? { event: 'auditUnreadable', comment: text }
  const recordedAt = new Date(typeof at === 'number' && Math.abs(at) < 8.64e15 ? at : writtenAt).toISOString()
  return { event: 'auditUnreadable', ...record, recordedAt }
}

function parsedObject(text: string): Record<string, unknown> | undefined {
  try {
    const found: unknown = JSON.parse(text)
    return typeof found === 'object' && found !== null && !Array.isArray(found) ? { ...found } : undefined
  } catch {
    return undefined
  }
}

/** Whether a record says that records are missing. */
export const isAuditShortened = ({ event }: { event?: unknown }): boolean => event === 'auditShortened'
