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
