import { createLog, type Log } from '../../../../src/observability.ts'

/** A log, and the lines that were written there. */
export function linesOf(): { log: Log; lines: Record<string, unknown>[] } {
  const lines: Record<string, unknown>[] = []
  return { lines, log: createLog({ level: 'debug', to: { write: line => void lines.push(JSON.parse(line)) } }) }
}
