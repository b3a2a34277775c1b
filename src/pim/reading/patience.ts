import { NoAnswer } from '../../entra/outbound.ts'
import type { Who } from '../../gate/asking/pim-token.ts'
import { waitAtMost } from '../../patience.ts'

/** The same person, for work that goes on after their page has stopped waiting. */
export const patient = ({ identity, sessionId }: Who): Who => ({ identity, sessionId })

/** The result of the work, or of `instead` when the page waits no longer. The work goes on all the same. */
export const whilePageWaits = <T>(who: Who, work: Promise<T>, instead: () => T): Promise<T> =>
  waitAtMost((who.waitsUntil ?? Infinity) - performance.now(), work, instead)

/** The answer to a question. Throws NoAnswer when the page waits no longer. */
export const soon = <T>(who: Who, question: Promise<T>): Promise<T> =>
  whilePageWaits(who, question, () => {
    throw new NoAnswer('the page waits no longer')
  })

const joinMs = 500

/**
 * Makes a function that begins the same work once, where several pages want it at the same moment: pages that ask within
 * half a second of its begin share one result. Work with the same `key` is the same work.
 */
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
