import { type Clock, clockToleranceMs } from '../../clock.ts'
import type { Log } from '../../observability.ts'
import type { Redis } from './redis.ts'

const everyMs = 60_000
const sayAgainMs = 3_600_000
/** An answer that took longer than this says too little about the time. */
const longestMs = 2_000

/**
 * Measures how far this replica's clock is from the clock of Redis, which all replicas share. Beyond the tolerance people
 * lose sessions and sign-ins on their way between replicas. The log then says `clock-differs`, at most once an hour.
 */
export function createClockCheck({ redis, clock, log }: { redis: Redis; clock: Clock; log: Log }) {
  let aheadMs: number | undefined
  let saidAt = -Infinity
  let timer: NodeJS.Timeout | undefined
  const onReady = () => void look()

  async function look(): Promise<void> {
    const found = await measured().catch(() => undefined)
    aheadMs = found?.aheadMs
    if (!found || Math.abs(found.aheadMs) - found.sureWithinMs <= clockToleranceMs) return
    if (performance.now() - saidAt < sayAgainMs) return
    saidAt = performance.now()
    const aheadSeconds = Math.round(found.aheadMs / 1000)
    log.warn({ event: 'clock-differs', aheadSeconds, allowedSeconds: clockToleranceMs / 1000 })
  }

  /** Redis told its time somewhere between the question and the answer, so the measure is sure within half of that. */
  async function measured(): Promise<{ aheadMs: number; sureWithinMs: number } | undefined> {
    const began = performance.now()
    const [seconds, micros] = await redis.time()
    const tookMs = performance.now() - began
    const theirs = Number(seconds) * 1000 + Number(micros) / 1000
    if (tookMs > longestMs || !Number.isFinite(theirs)) return undefined
    return { aheadMs: clock().getTime() - tookMs / 2 - theirs, sureWithinMs: tookMs / 2 }
  }

  return {
    /** Measures now. Never throws: where Redis does not tell its time, the difference is unknown. */
    look,
    /** How far our clock is ahead, in seconds; negative when it is behind, undefined while that is not known. */
    aheadSeconds: (): number | undefined => (aheadMs === undefined ? undefined : aheadMs / 1000),
    start(): void {
      redis.on('ready', onReady)
      if (redis.status === 'ready') onReady()
      timer = setInterval(onReady, everyMs).unref()
    },
    stop(): void {
      redis.off('ready', onReady)
      clearInterval(timer)
    },
  }
}
export type ClockCheck = ReturnType<typeof createClockCheck>
