import type { Trail } from '../../audit/trail.ts'
import type { Who } from '../../gate/asking/pim-token.ts'
import type { AskingPim } from '../reading/as-person.ts'
import type { OwnPlan } from '../reading/own-plan.ts'
import { createShared, patient, soon } from '../reading/patience.ts'
import { rethrowRedisAway } from '../refusals/redis-away.ts'
import { askedIn, isFinal } from './acts.ts'
import type { OpenAct, OpenActs } from './open-acts.ts'
import { createResults, isTurnedOn } from './results.ts'

/** The acts that are still open, and whether an ending turned out to have happened. */
export type FoundActs = { open: readonly OpenAct[]; hasEnded: boolean }

type Needs = AskingPim & { openActs: OpenActs; ownPlan: Pick<OwnPlan, 'ended'>; trail: Pick<Trail, 'found'> }

/**
 * Makes the function that asks Microsoft about a person's acts that were not answered, or wait, and records their
 * results. It never sends anything again. Where Microsoft does not answer, or the page waits no longer, the acts stay
 * open. Throws Problem('redis-away').
 */
export function createFinding(needs: Needs) {
  const { clock, pim, asPerson, openActs, ownPlan, trail } = needs
  const results = createResults(needs)
  const shared = createShared<FoundActs>()

  async function resultsOf(who: Who, acts: readonly OpenAct[]): Promise<FoundActs> {
    const open: OpenAct[] = []
    let hasEnded = false
    for (const each of acts) {
      const outcome = await results[each.kind](who, each).catch(rethrowRedisAway)
      if (outcome?.verdict === 'done' && each.kind === 'ending') hasEnded = (await endedHere(who, each)) || hasEnded
      if (outcome)
        await trail.found(each.kind, { act: each.act, actor: who.identity }, { ...askedIn(each), ...outcome })
      if (outcome && isFinal(outcome)) await openActs.close(who, each.act)
      else open.push(each)
    }
    return { open, hasEnded }
  }

  /** Access ends here, too, unless the person has turned it on again since. */
  async function endedHere(who: Who, { sentAt }: OpenAct): Promise<boolean> {
    const now = clock().getTime()
    const spans = await asPerson(who, pim.spans)
    if (spans.some(span => isTurnedOn(span) && span.from > sentAt && span.from <= now)) return false
    await ownPlan.ended(who)
    return true
  }

  return async (who: Who): Promise<FoundActs> => {
    const open = await openActs.all(who)
    const asItWas = { open, hasEnded: false }
    if (open.length === 0) return asItWas
    const looking = shared(who.sessionId, () => resultsOf(patient(who), open))
    return soon(who, looking).catch(thrown => {
      rethrowRedisAway(thrown)
      return asItWas
    })
  }
}
export type FindOut = ReturnType<typeof createFinding>
