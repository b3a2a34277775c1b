import type { AuditedPerson, AuditRecord } from './trail.ts'

// What people see of the trail, and of the access of others, is in the trail too.

type Filter = Readonly<Record<string, string>>
/** A file that people take out of the trail. */
export type TakenFile = 'csv' | 'jsonl' | 'report' | 'evidence'

/** A person opened a page of the administration. `filter`: what its address asks for. */
export const pageRead = (facts: { actor: AuditedPerson; page: string; filter?: Filter }): AuditRecord => ({
  event: 'read',
  ...facts,
})

/** A person downloaded a file. */
export const fileTaken = (facts: { actor: AuditedPerson; what: TakenFile; filter?: Filter }): AuditRecord => ({
  event: 'download',
  ...facts,
})
