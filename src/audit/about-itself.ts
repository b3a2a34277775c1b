import type { AuditRecordRead } from './trail.ts'

// Records that the trail holds, or shows, about itself.

/** Stands for a record that cannot be read, because somebody spoilt it. */
export const unreadableRecord = (seq: number): AuditRecordRead => ({ v: 1, seq, at: '', event: 'auditUnreadable' })
