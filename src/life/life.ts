import type { Server } from 'node:http'
import type { Log } from '../observability.ts'
import { createEmptying } from './emptying.ts'
import { whenToldToEnd } from './signals.ts'

/** Of the time to stop, the part in which requests are still taken: so long a proxy may need to see that this replica is not ready. */
const noticingShare = 1 / 5

/** To a whole group of processes a signal comes twice: directly, and passed on by npm. */
const echoMs = 500

export type Parts = {
  server: Server
  metrics: Server | undefined
  services: {
    /** Leaves to other replicas what one does for all. */
    retire(): void
    /** Finishes what was begun, and closes what is connected. */
    finish(): Promise<void>
    close(): void
  }
}

/**
 * The end of the process. SIGTERM or SIGINT: not ready from that moment, requests served until the proxy must have
 * noticed, those on their way finished, then the exit with 0; all of it within `graceMs`. A second signal, or the end
 * of that time, cuts what is left. An error that nobody caught ends the process in the same way, with 1.
 */
export function createLife({ log, graceMs }: { log: Log; graceMs: number }) {
  let isDraining = false
  let exitCode = 0

  function guard({ server, metrics, services }: Parts): void {
    const emptying = createEmptying(server)

    async function drain(): Promise<void> {
      isDraining = true
      const deadline = setTimeout(cut, graceMs, 'no-time-left')
      emptying.tell()
      services.retire()
      await new Promise(resolve => setTimeout(resolve, graceMs * noticingShare))
      await emptying.close()
      await services.finish()
      clearTimeout(deadline)
      end()
    }

    function cut(why: 'no-time-left' | 'told-again'): void {
      log.warn({ event: 'cut', why, requests: emptying.open() })
      emptying.cut()
      services.close()
      end()
    }

    function end(): never {
      metrics?.closeAllConnections()
      log.info({ event: 'stopped', exitCode })
      process.exit(exitCode)
    }

    function stop(facts: { signal?: NodeJS.Signals } = {}): void {
      log.info({ event: 'stopping', ...facts, graceSeconds: graceMs / 1000 })
      drain().catch(error => {
        log.error({ event: 'stopping-failed', error })
        cut('no-time-left')
      })
    }

    let toldAt = 0
    whenToldToEnd(signal => {
      if (isDraining && performance.now() - toldAt < echoMs) return
      if (isDraining) return cut('told-again')
      toldAt = performance.now()
      stop({ signal })
    })
    // Rejections that nobody handles arrive here too. Whatever state they left behind, requests on their way may finish.
    process.on('uncaughtException', (error, origin) => {
      log.fatal({ event: origin === 'unhandledRejection' ? 'unhandled-rejection' : 'uncaught-exception', error })
      exitCode = 1
      if (!isDraining) stop()
    })
  }

  return { guard, isDraining: (): boolean => isDraining }
}
export type Life = ReturnType<typeof createLife>
