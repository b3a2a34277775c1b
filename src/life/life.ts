import type { Server } from 'node:http'
import type { Log } from '../observability.ts'
import { createEmptying } from './emptying.ts'
import { whenToldToEnd } from './signals.ts'

/** The share of the grace time in which requests are still accepted: a proxy may need so long to see that this replica is not ready. */
const noticingShare = 1 / 5

/** A signal to a whole group of processes arrives twice: directly, and passed on by npm. */
const echoMs = 500

/** The parts of the process that must end in order. */
export type Parts = {
  server: Server
  metrics: Server | undefined
  services: {
    /** Leaves to other replicas what one replica does for all. */
    retire(): void
    /** Finishes the work that was begun, and closes the connections. */
    finish(): Promise<void>
    close(): void
  }
}

/**
 * The end of the process. On SIGTERM or SIGINT it is no longer ready, serves requests until the proxy must have noticed,
 * finishes those that are under way, and exits with 0; all of it within `graceMs`. A second signal, or the end of that
 * time, cuts the rest off. An error that nobody caught ends the process in the same way, but with 1.
 */
export function createLife({ log, graceMs }: { log: Log; graceMs: number }) {
  let isDraining = false

  /** From here on the process ends in order. */
  function takeCharge(parts: Parts): void {
    const { drain, cut, failed } = createDeparture(parts, { log, graceMs })
    let toldAt = 0

    function stop(facts: { signal?: NodeJS.Signals } = {}): void {
      isDraining = true
      log.info({ event: 'stopping', ...facts, graceSeconds: graceMs / 1000 })
      drain().catch(error => {
        log.error({ event: 'stopping-failed', error })
        cut('no-time-left')
      })
    }

    whenToldToEnd(signal => {
      if (isDraining && performance.now() - toldAt < echoMs) return
      if (isDraining) return cut('told-again')
      toldAt = performance.now()
      stop({ signal })
    })
    // Rejections that nobody handles arrive here too. Requests under way may finish, whatever state the error left behind.
    process.on('uncaughtException', (error, origin) => {
      log.fatal({ event: origin === 'unhandledRejection' ? 'unhandled-rejection' : 'uncaught-exception', error })
      failed()
      if (!isDraining) stop()
    })
  }

  return { takeCharge, isDraining: (): boolean => isDraining }
}

/** The steps in which the process ends. */
function createDeparture(
  { server, metrics, services }: Parts,
  { log, graceMs }: { log: Log; graceMs: number },
): { drain(): Promise<void>; cut(why: 'no-time-left' | 'told-again'): void; failed(): void } {
  const emptying = createEmptying(server)
  let exitCode = 0

  async function drain(): Promise<void> {
    const deadline = setTimeout(cut, graceMs, 'no-time-left')
    emptying.tell()
    services.retire()
    await new Promise(resolve => setTimeout(resolve, graceMs * noticingShare))
    await emptying.close()
    await services.finish()
    clearTimeout(deadline)
    exit()
  }

  function cut(why: 'no-time-left' | 'told-again'): void {
    log.warn({ event: 'cut', why, requests: emptying.open() })
    emptying.cut()
    services.close()
    exit()
  }

  function exit(): never {
    metrics?.closeAllConnections()
    log.info({ event: 'stopped', exitCode })
    process.exit(exitCode)
  }

  return {
    drain,
    cut,
    failed: () => {
      exitCode = 1
    },
  }
}
