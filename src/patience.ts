/** The longest timer of Node in ms. A longer one would fire at once, because Node counts its time in 31 bits. */
export const longestTimerMs = 2 ** 31 - 1

/**
 * Waits for `work`, but no longer than `ms`; `Infinity` is as long as the work takes. When the time is up, it returns what
 * `instead` returns, or throws what `instead` throws. The work goes on all the same, and its late result or error is
 * dropped. Throws what the work throws in time. The timer keeps no process alive.
 */
export async function waitAtMost<T, Late = T>(ms: number, work: Promise<T>, instead: () => Late): Promise<T | Late> {
  if (ms > longestTimerMs) return work
  let timer: NodeJS.Timeout | undefined
  const late = Symbol('late')
  const timeIsUp = new Promise<typeof late>(resolve => {
    timer = setTimeout(resolve, Math.max(0, ms), late).unref()
  })
  const first = await Promise.race([work, timeIsUp]).finally(() => clearTimeout(timer))
  return first === late ? instead() : first
}
