import { errorFields, type Log } from '../../observability.ts'
import type { Oidc } from './oidc.ts'

const firstPauseMs = 500
const longestPauseMs = 10_000

/**
 * Loads Entra's metadata, and tries again until that works: a process that started before Entra answered becomes ready by
 * itself. The log has a line for each failure, with its error only where it differs from the one before.
 */
export function createLoading({ oidc, log }: { oidc: Pick<Oidc, 'load' | 'issuer'>; log: Pick<Log, 'info' | 'warn'> }) {
  let timer: NodeJS.Timeout | undefined
  let isStopped = false
  let wordsBefore: string | undefined

  function attempt(tries: number, pauseMs: number): void {
    oidc.load().then(
      () => log.info({ event: 'entra-ready' }),
      error => {
        const words = JSON.stringify(errorFields(error))
        const isNews = words !== wordsBefore
        wordsBefore = words
        log.warn({ event: 'entra-not-ready', issuer: oidc.issuer, tries, ...(isNews && { error }) })
        if (!isStopped) timer = setTimeout(attempt, pauseMs, tries + 1, Math.min(pauseMs * 2, longestPauseMs)).unref()
      },
    )
  }

  return {
    start: (): void => attempt(1, firstPauseMs),
    stop(): void {
      isStopped = true
      clearTimeout(timer)
    },
  }
}
