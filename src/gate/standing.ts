import { type Clock, pageWaitMs } from '../clock.ts'
import type { Config } from '../config/load.ts'
import { waitAtMost } from '../patience.ts'
import type { GateRecord } from '../session/record/at-gate.ts'
import { withPlan } from '../session/record/continuing.ts'
import type { Membership } from '../session/record/membership.ts'
import type { Recheck, RecheckOf } from './asking/answer.ts'
import { createOwnToken } from './asking/own-token.ts'
import type { PlanLearning } from './asking/plan-learning.ts'
import { createSources } from './asking/sources.ts'
import { membershipFrom } from './evidence.ts'
import type { RosterSource } from './news/roster.ts'
import { nextStep } from './next-step.ts'
import { isEndInDoubt, isSettled, type StepFacts, useful } from './step-facts.ts'

/** A session with the membership that counts for it now. */
export type Standing = { record: GateRecord; membership: Membership }

/**
 * Where a person stands right now: the newest proof of either source, asked for again when it is old, when a known end
 * has passed, or when a change was announced. `standingOf` and `anew` return undefined when asking ended the session;
 * they throw Problem('redis-away').
 */
export function createStanding({
  config,
  clock,
  recheck,
  roster,
  staleBefore,
  plans,
  isByRole = false,
}: {
  config: Pick<Config, 'membership'>
  clock: Clock
  recheck: RecheckOf
  roster: RosterSource
  /** Proofs from before this instant (epoch ms) are stale: a change of the group was announced then. */
  staleBefore: () => number
  /** The source of PIM's word on a person's own activation; none where people do not turn on their access here. */
  plans?: PlanLearning | undefined
  /** Whether the gate is one of a role, which only the person's own token proves. */
  isByRole?: boolean
}) {
  const now = () => clock().getTime()
  const ownToken = createOwnToken({ now, recheck })
  const sources = createSources({ now, ownToken, roster, plans, factsOf })

  /** All that is known, without asking anyone. */
  function factsOf(sessionId: string, record: GateRecord): StepFacts {
    return {
      record,
      listed: roster.membershipOf(record.identity.objectId),
      now: now(),
      recheckMs: config.membership.recheckMs,
      staleBefore: staleBefore(),
      triedAt: ownToken.triedAt(sessionId),
      pimAskedAt: plans?.askedAt(sessionId),
      isByRole,
    }
  }

  async function standingOf(sessionId: string, before: GateRecord): Promise<Standing | undefined> {
    const isEnough = isSettled(factsOf(sessionId, before))
    const record = isEnough ? before : ((await plans?.recall(sessionId, before)) ?? before)
    const facts = factsOf(sessionId, record)
    if (isEndInDoubt(facts)) plans?.learn(sessionId, record)
    const step = nextStep(facts)
    switch (step) {
      case 'serve':
        return standingIn(record)
      case 'serve-and-ask':
        askEntraMeanwhile(sessionId, facts)
        return standingIn(record)
      case 'ask-pim':
        return standingIn(await sources.withPim(sessionId, record))
      case 'ask-pim-and-entra':
        askEntraMeanwhile(sessionId, facts)
        return standingIn(await sources.withPim(sessionId, record))
      case 'wait':
        return waitedFor(record, sources.asked(sessionId, record))
      default:
        throw new Error('no such step', { cause: step satisfies never })
    }
  }

  /** In the background. The re-check logs what goes wrong. */
  const askEntraMeanwhile = (sessionId: string, facts: StepFacts): void =>
    void ownToken.ask(sessionId, useful(facts)).catch(() => {})

  /**
   * A page waits so long and no longer for all sources together. What was begun goes on, and the next request reads its
   * result.
   */
  async function waitedFor(record: GateRecord, work: Promise<Recheck>): Promise<Standing | undefined> {
    const answer = await waitAtMost(pageWaitMs, work, () => 'unanswered' as const)
    if (answer === 'over') return undefined
    const current = answer === 'unanswered' ? record : answer.record
    return standingIn(withPlan(current, record.plan))
  }

  const standingIn = (record: GateRecord): Standing => ({ record, membership: known(record) })

  /** The membership of a session, without asking anyone. */
  const known = (record: GateRecord): Membership =>
    membershipFrom({ record, listed: roster.membershipOf(record.identity.objectId), now: now(), isByRole })

  return {
    standingOf,

    /**
     * Where somebody stands who waits to be let in: everything that is known is asked for again, PIM's plan too. Proofs
     * from before `since` (epoch ms), when something was changed, say nothing.
     */
    anew: (sessionId: string, record: GateRecord, since = 0): Promise<Standing | undefined> =>
      waitedFor(record, sources.askedAnew(sessionId, record, since)),

    known,
  }
}
export type StandingOf = ReturnType<typeof createStanding>['standingOf']
export type Known = ReturnType<typeof createStanding>['known']
export type Anew = ReturnType<typeof createStanding>['anew']
