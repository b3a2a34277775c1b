import type { SessionRecord } from '../../../src/session/record/record.ts'
import type { Notes } from '../../../src/session/replicas/notes.ts'

/** Notes as Redis keeps them, for tests that live through more than Redis could answer in their time. */
export function inMemory(): Notes {
  const kept = new Map<string, string>()
  return {
    read: async name => kept.get(name),
    async change(name, edit) {
      const after = edit(kept.get(name))
      if (after === undefined) return false
      if (after === null) kept.delete(name)
      else kept.set(name, after)
      return true
    },
  }
}

/** Sessions as Redis keeps them, over the records by the id of their session. */
export const sessionsIn = (records: Map<string, SessionRecord>) => ({
  read: async (id: string) => records.get(id),
  change: async (id: string, edit: (record: SessionRecord) => SessionRecord) => {
    const found = records.get(id)
    if (found) records.set(id, edit(found))
    return records.get(id)
  },
  changeAll: async (_identity: unknown, edit: (record: SessionRecord) => SessionRecord) => {
    for (const [id, record] of records) records.set(id, edit(record))
  },
  destroy: async (id: string) => void records.delete(id),
})
