import { GraphRefusal } from '../../entra/graph/refusal.ts'
import type { PersonBudget } from '../../gate/asking/person-budget.ts'
import type { PimToken, Who } from '../../gate/asking/pim-token.ts'
import { soon } from './patience.ts'

/** An act that the person confirmed is not cut in half because they had Graph asked too often. */
export type AsPerson = <T>(who: Who, call: (token: string) => Promise<T>, even?: 'act') => Promise<T>

/**
 * Calls Graph with the person's own token; once more with a new one when Graph does not take it (any more), which it says
 * before it does anything. A demand for an authentication context rises: that only the person can meet. Throws NoAnswer
 * when the page that asks waits no longer, or the person had Graph asked too often.
 */
export const createAsPerson = (token: PimToken, budget: Pick<PersonBudget, 'check'>): AsPerson => {
  async function answered<T>(who: Who, call: (token: string) => Promise<T>, even?: 'act'): Promise<T> {
    if (!even) await budget.check(who.identity)
    const first = await token.get(who)
    try {
      return await call(first)
    } catch (thrown) {
      const isStale = thrown instanceof GraphRefusal && thrown.status === 401 && !thrown.claims?.includes('"acrs"')
      if (!isStale) throw thrown
      await token.drop(who, first)
      return call(await token.get(who))
    }
  }
  return (who, call, even) => soon(who, answered(who, call, even))
}
