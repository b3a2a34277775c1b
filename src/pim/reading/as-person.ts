import type { Clock } from '../../clock.ts'
import { GraphRefusal } from '../../entra/graph/refusal.ts'
import type { Pim } from '../../entra/pim/pim.ts'
import type { PersonBudget } from '../../gate/asking/person-budget.ts'
import type { PimToken, Who } from '../../gate/asking/pim-token.ts'
import { soon } from './patience.ts'

/**
 * Calls Graph with the person's own token. `even: 'act'`: the person confirmed this act, so it is not cut in half because
 * they had Graph asked too often. Throws what the call throws, what `PimToken.get` throws, and NoAnswer when the page
 * waits no longer or the person had Graph asked too often.
 */
export type AsPerson = <T>(who: Who, call: (token: string) => Promise<T>, even?: 'act') => Promise<T>

/** The parts that ask PIM as a person. */
export type AskingPim = { clock: Clock; pim: Pim; asPerson: AsPerson }

/**
 * Makes AsPerson. When Graph does not take the token, which it says before it does anything, the call is made once more
 * with a new token. A demand for an authentication context rises: only the person can meet it.
 */
export const createAsPerson = (token: PimToken, budget: Pick<PersonBudget, 'check'>): AsPerson => {
  async function callWithFreshToken<T>(who: Who, call: (token: string) => Promise<T>, even?: 'act'): Promise<T> {
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
  return (who, call, even) => soon(who, callWithFreshToken(who, call, even))
}
