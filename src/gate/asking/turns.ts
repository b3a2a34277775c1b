/** How many may work at once, how many more may wait, and for how long (ms). */
export type TurnLimits = { atOnce: number; waiting: number; longestWaitMs: number }

/**
 * Lets only so much work go on at once in this process. More work waits in the order of coming, for a short while. Work
 * that comes when too much waits, or that has waited too long, gets no turn and is not begun.
 */
export function createTurns({ atOnce, waiting, longestWaitMs }: TurnLimits) {
  let busy = 0
  /** Each of these is told whether its turn has come. */
  const queue = new Set<(isTurn: boolean) => void>()

  function turn(): Promise<boolean> {
    if (busy < atOnce) {
      busy += 1
      return Promise.resolve(true)
    }
    if (queue.size >= waiting) return Promise.resolve(false)
    return new Promise(resolve => {
      const told = (isTurn: boolean) => {
        clearTimeout(timer)
        queue.delete(told)
        resolve(isTurn)
      }
      const timer = setTimeout(told, longestWaitMs, false).unref()
      queue.add(told)
    })
  }

  /** The place goes to the work that has waited longest. */
  function leave(): void {
    const [next] = queue
    if (next) next(true)
    else busy -= 1
  }

  return async function take<T>(work: () => Promise<T>): Promise<T | 'no-turn'> {
    if (!(await turn())) return 'no-turn'
    try {
      return await work()
    } finally {
      leave()
    }
  }
}
export type Turns = ReturnType<typeof createTurns>
