import { NoAnswer } from '../../entra/outbound.ts'
import type { Who } from '../../gate/asking/pim-token.ts'

/** The same person for work that goes on when the page does not wait any longer. */
export const patient = ({ identity, sessionId }: Who): Who => ({ identity, sessionId })

/** What comes of the work while the page still waits, and `instead` if it takes longer; the work itself goes on. */
export async function within<T>(who: Who, work: Promise<T>, instead: () => T, longestMs = Infinity): Promise<T> {
  const ms = Math.min(longestMs, (who.waitsUntil ?? Infinity) - performance.now())
  if (ms === Infinity) return work
  let timer: NodeJS.Timeout | undefined
  const enough = new Promise<T>((resolve, reject) => {
    timer = setTimeout(() => Promise.resolve().then(instead).then(resolve, reject), Math.max(0, ms))
  })
  return Promise.race([work, enough]).finally(() => clearTimeout(timer))
}

/** The same for what is only asked: without an answer in time there is none. */
export const soon = <T>(who: Who, work: Promise<T>): Promise<T> =>
  within(who, work, () => {
    throw new NoAnswer('the page waits no longer')
  })

const joinMs = 500

/** What several ask at the same moment is asked once: whoever comes within half a second of its begin shares the answer. */
export function createShared<T>() {
  const running = new Map<string, { at: number; work: Promise<T> }>()
  return (key: string, begin: () => Promise<T>): Promise<T> => {
    const known = running.get(key)
    if (known && performance.now() - known.at < joinMs) return known.work
    const work = begin().finally(() => {
      if (running.get(key)?.work === work) running.delete(key)
    })
    running.set(key, { at: performance.now(), work })
    return work
  }
}
