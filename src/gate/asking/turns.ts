/** How many may be at it at once, how many more may wait, and for how long (ms). */
export type TurnLimits = { atOnce: number; waiting: number; longestWaitMs: number }

/**
 * Lets only so much go on at once in this process. Whoever comes then waits in the order of coming, for a short while;
 * whoever comes when too many wait, or has waited in vain, gets no turn, and their work is not begun.
 */
export function createTurns({ atOnce, waiting, longestWaitMs }: TurnLimits) {
  let busy = 0
  /** Each is told whether its turn has come. */
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

  /** The place goes to who has waited longest. */
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
