/** How long the set-up waits for Graph. Milliseconds. */
export const bounds = {
  /** One request, until its answer is there. */
  answerMs: 30_000,
  /** Load and passing faults (429, 502, 503, 504, no answer), from the first to giving up. */
  loadMs: 120_000,
  /** Until something that was written is shown. Directory changes usually need seconds. */
  shownMs: 120_000,
  /** What an earlier run created is shown by then, and so what is not shown was not created. */
  settledMs: 20_000,
  /** Between two requests to Conditional Access, of which Graph takes one a second. */
  conditionalAccessMs: 1_100,
} as const

/** How long the set-up waits although nobody asks it to. */
export type Pauses = { settledMs: number; conditionalAccessMs: number }

/** A local tenant takes what comes, and its directory is told to be a few seconds late at most. */
export const pausesOfLocalTenant: Pauses = { settledMs: 6_000, conditionalAccessMs: 0 }

type Time = { clock: () => Date; sleep: (ms: number) => Promise<void> }

/**
 * Waits between tries: 1 s, 2 s, 4 s, 8 s and then 10 s, until the bound. Each call waits once, and says whether there
 * was time; `atLeastMs` is what the other side asked for.
 */
export function createPatience({ clock, sleep }: Time, boundMs: number): (atLeastMs?: number) => Promise<boolean> {
  const until = clock().getTime() + boundMs
  let next = 1_000
  return async (atLeastMs = 0) => {
    const pause = Math.max(next, atLeastMs)
    if (clock().getTime() + pause > until) return false
    next = Math.min(next * 2, 10_000)
    await sleep(pause)
    return true
  }
}

/** How long an answer asks to wait (seconds or a date), in milliseconds; 0 where it does not say. */
export function retryAfterMs(value: string | null, now: Date): number {
  if (value === null) return 0
  const ms = /^\d+$/.test(value) ? Number(value) * 1000 : Date.parse(value) - now.getTime()
  return Number.isFinite(ms) ? Math.max(0, ms) : 0
}
