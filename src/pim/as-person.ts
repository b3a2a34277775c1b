import { GraphRefusal } from '../entra/graph-refusal.ts'
import type { PimToken, Who } from '../gate/pim-token.ts'

export type AsPerson = <T>(who: Who, call: (token: string) => Promise<T>) => Promise<T>

/**
 * Calls Graph with the person's own token; once more with a new one when Graph does not take it (any more), which it says
 * before it does anything. A demand for an authentication context rises: that only the person can meet.
 */
export const createAsPerson =
  (token: PimToken): AsPerson =>
  async (who, call) => {
    try {
      return await call(await token.get(who))
    } catch (thrown) {
      const isStale = thrown instanceof GraphRefusal && thrown.status === 401 && !thrown.claims?.includes('"acrs"')
      if (!isStale) throw thrown
      await token.drop(who)
      return call(await token.get(who))
    }
  }
