import { readFileSync, rmSync, writeFileSync } from 'node:fs'

/** The memory of a tenant across a kill and a restart, because Entra does not forget sign-ins or keys either. */
export type Memory = {
  recall(part: string): unknown
  keep(part: string, value: unknown): void
  forget(): void
}

/** Keeps the memory in a file that only its owner can read; without a file it keeps nothing. Parts are plain JSON. */
export function createMemory(file: string | undefined): Memory {
  const parts: Record<string, unknown> = file === undefined ? {} : read(file)
  return {
    recall: part => parts[part],
    keep(part, value) {
      parts[part] = value
      if (file !== undefined) writeFileSync(file, JSON.stringify(parts), { mode: 0o600 })
    },
    forget() {
      if (file !== undefined) rmSync(file, { force: true })
    },
  }
}

function read(file: string): Record<string, unknown> {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>
  } catch {
    return {}
  }
}
