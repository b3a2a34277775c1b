import type { GateRecord } from '../../session/record/at-gate.ts'
import { withPlan } from '../../session/record/continuing.ts'
import { isMember, isNotAssigned } from '../../session/record/membership.ts'
import { accountFreshness, accountUseful } from '../account-freshness.ts'
import { membershipFrom } from '../evidence.ts'
import type { RosterSource } from '../news/roster.ts'
import { groupFreshness, groupUseful, isContradicted, mustAskPim, type StepFacts, useful } from '../step-facts.ts'
import type { Recheck } from './answer.ts'
import type { OwnToken } from './own-token.ts'
import type { PlanLearning } from './plan-learning.ts'

/** A proof from so short a while ago (ms) is not asked for again, even for somebody who waits. */
const shortestAgeMs = 700

/** Asks the sources of a membership, each of them only where its word is needed. Throws Problem('redis-away'). */
export function createSources({
  now,
  ownToken,
  roster,
  plans,
  factsOf,
}: {
  now: () => number
  ownToken: Pick<OwnToken, 'ask'>
  roster: Pick<RosterSource, 'renew'>
  plans: Pick<PlanLearning, 'renew'> | undefined
  factsOf: (sessionId: string, record: GateRecord) => StepFacts
}) {
  /**
   * A roster that cannot be had, also because Redis takes no writes, leaves the answer to the other sources. The watch
   * logs it.
   */
  const renewRoster = (askedAfter: number): Promise<void> => roster.renew(askedAfter).catch(() => {})

  /** The record with what PIM itself says. */
  const withPim = async (sessionId: string, record: GateRecord): Promise<GateRecord> =>
    withPlan((await plans?.renew(sessionId, record)) ?? record, record.plan)

  return {
    withPim,

    /**
     * Asks each source whose word is due. The roster comes first, where it can answer: it is one question for
     * everybody.
     */
    async asked(sessionId: string, record: GateRecord): Promise<Recheck> {
      const facts = factsOf(sessionId, record)
      const isForRoster = groupFreshness(facts) === 'due' && !facts.isByRole && !isNotAssigned(membershipFrom(facts))
      if (isForRoster) await renewRoster(groupUseful(facts))
      const listed = factsOf(sessionId, record)
      const isForEntra = groupFreshness(listed) === 'due' || accountFreshness(record, listed) === 'due'
      const answer = isForEntra ? await ownToken.ask(sessionId, useful(facts)) : { record }
      if (answer === 'over') return answer
      const current = answer === 'unanswered' ? record : answer.record
      const isInUntilNow = isMember(membershipFrom(factsOf(sessionId, record)))
      if (isInUntilNow && isContradicted(factsOf(sessionId, current)))
        await renewRoster(accountUseful(current, now()) - 1)
      return mustAskPim(factsOf(sessionId, current)) ? { record: await withPim(sessionId, current) } : answer
    },

    /** Asks all sources, whatever is known. Proofs from before `since` (epoch ms) say nothing. */
    async askedAnew(sessionId: string, record: GateRecord, since: number): Promise<Recheck> {
      // `since` may be of a clock that is ahead. No answer could be newer then, and each request would ask once more.
      const provenAfter = Math.max(now() - shortestAgeMs, Math.min(since, now()) - 1)
      await renewRoster(provenAfter)
      const answer = await ownToken.ask(sessionId, provenAfter)
      if (answer === 'over') return answer
      const proven = answer === 'unanswered' ? record : answer.record
      return { record: (await plans?.renew(sessionId, proven)) ?? proven }
    },
  }
}
