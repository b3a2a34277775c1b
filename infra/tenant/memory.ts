import { readFileSync, rmSync, writeFileSync } from 'node:fs'

/** What a tenant that was killed knows again when it is started anew: Entra does not forget sign-ins or keys either. */
export type Memory = {
  recall(part: string): unknown
  keep(part: string, value: unknown): void
  forget(): void
}

/** In a file, readable by its owner only; without one nothing is kept. Parts are plain JSON. */
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
