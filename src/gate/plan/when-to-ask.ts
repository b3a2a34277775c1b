import type { GateRecord } from '../../session/record/at-gate.ts'
import { isMember, type Membership } from '../../session/record/membership.ts'
import { lagMs, type Plan } from '../../session/record/plan.ts'
import { freshPlanMs, isAtSeam, isPlanOver } from './phase.ts'

/** PIM is asked no more often (ms) for one session. */
const shortestMs = 1_500
/** So often (ms) PIM is asked for a member whose end is known, or not set. */
const learnMs = 5 * 60_000

/** `now` and `pimAskedAt`, when PIM was last asked here for this session, in epoch ms of our own clock. */
type Moment = { now: number; pimAskedAt: number }

/** By our own clock, whichever way it was set meanwhile. The instants in plans may be of other clocks. */
const sinceAsked = ({ now, pimAskedAt }: Moment): number => Math.abs(now - pimAskedAt)

/** Whether PIM itself must say how things stand: somebody is refused past a known end, or at a seam. */
export function isPimNeeded(plan: Plan | undefined, membership: Membership, moment: Moment): boolean {
  if (plan?.until === undefined || membership === 'unknown' || membership.member) return false
  const { shownAt = 0, askedAt, until } = plan
  const { now } = moment
  if (isAtSeam(plan, now) && Math.abs(now - shownAt) >= freshPlanMs / 2) return true
  if (!isPlanOver(plan, now)) return false
  return askedAt < until || (Math.abs(now - askedAt) >= freshPlanMs && sinceAsked(moment) >= freshPlanMs)
}

/** Whether PIM is asked in the background for a member whose end is not known, or was asked for long ago. */
export function isPlanOld({ askedAt = 0, until = 0 }: Partial<Plan> = {}, moment: Moment): boolean {
  const { now } = moment
  // Still a member although the plan just ended: access was turned on again.
  const isTurnedOnAgain = until <= now && now - until < lagMs
  const age = Math.min(Math.abs(now - askedAt), sinceAsked(moment))
  return age >= (isTurnedOnAgain ? freshPlanMs : learnMs)
}

/** Whether PIM may be asked once more for a session. */
export function mayAskPim({ membership, plan }: GateRecord, moment: Moment): boolean {
  if (sinceAsked(moment) >= shortestMs) return true
  // A member although the plan is over: access was turned on since PIM was asked, however short a while ago that was.
  return isMember(membership) && plan?.until !== undefined && isPlanOver(plan, moment.now)
}
