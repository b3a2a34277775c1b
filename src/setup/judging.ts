import { UnseenFact } from './facts/fact.ts'
import { shown } from './facts/kinds.ts'
import { type Judged, right, untold, wrong } from './finding.ts'

/** What is wrong with one of several things, with the remedy. */
export type SetupFault = { what: string; fix: string }

/**
 * Judges several things as one. A fault of one of them is a fault; where none is seen, one that could not be seen leaves
 * the answer open; else all is right.
 */
export function judgeEach<T>(
  things: readonly T[],
  faultOf: (thing: T) => SetupFault | undefined,
  well: string,
): Judged {
  const faults: SetupFault[] = []
  const unseen: UnseenFact[] = []
  for (const thing of things) {
    try {
      const fault = faultOf(thing)
      if (fault) faults.push(fault)
    } catch (thrown) {
      if (!(thrown instanceof UnseenFact)) throw thrown
      unseen.push(thrown)
    }
  }
  if (faults.length > 0) return wrong(joined(faults.map(({ what }) => what)), joined(faults.map(({ fix }) => fix)))
  if (unseen.length > 0)
    return untold(joined(unseen.map(({ message }) => message)), joined(unseen.map(({ remedy }) => remedy)))
  return right(well)
}

const joined = (sentences: readonly string[]): string => [...new Set(sentences)].join(' ')

/** Words of the tenant as a list in a sentence: three at most, and how many more there are. */
export function listed(words: readonly string[]): string {
  const some = words.slice(0, 3).map(shown)
  const more = words.length - some.length
  return [...some, ...(more > 0 ? [`${more} more`] : [])].join(', ')
}
