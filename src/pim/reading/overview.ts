import type { Clock } from '../../clock.ts'
import { shortestStayMs } from '../../entra/pim/limits.ts'
import type { Who } from '../../gate/asking/pim-token.ts'
import { lagMs, type Plan } from '../../session/record/plan.ts'
import type { FindOut } from '../acts/finding.ts'
import type { OpenAct } from '../acts/open-acts.ts'
import type { MyAccess } from '../answers.ts'
import { refusalFrom, unreachable } from '../refusals/from-graph.ts'
import { rethrowRedisAway } from '../refusals/redis-away.ts'
import type { Activation } from '../wish/activation.ts'
import type { Activations } from '../wish/activations.ts'
import { durationsFor } from '../wish/durations.ts'
import { formOf } from '../wish/form-offer.ts'
import type { Look } from '../wish/looking.ts'
import { isInForce, problemIn } from '../wish/outcome.ts'
import { isNotExtended, isOnItsWay, shownOf, stateOf } from '../wish/stages.ts'
import { pendingIn, requestedWish, waitingWish } from '../wish/waiting.ts'
import type { OwnPlan } from './own-plan.ts'
import { requestBehind, stretchOf } from './periods.ts'
import { isUnanswered, type Readings, type Reads } from './readings.ts'
import { recentIn } from './uses.ts'

type Needs = {
  clock: Clock
  activations: Activations
  reads: Reads
  look: Look
  findOut: FindOut
  ownPlan: Pick<OwnPlan, 'question' | 'seen'>
}

/**
 * Makes the function that tells a person's own access at one look: the period that is on, the wish that waits, the form
 * for turning on, and earlier periods. Throws Problem('redis-away'), and nothing of Graph's: where Microsoft refuses or is
 * silent, the overview says why.
 */
export function createOverview({ clock, activations, reads, look, findOut, ownPlan }: Needs) {
  const now = () => clock().getTime()

  return async function mine(who: Who): Promise<MyAccess> {
    try {
      return await overview(who)
    } catch (thrown) {
      rethrowRedisAway(thrown)
      return { recent: [], eligible: false, problem: isUnanswered(thrown) ? unreachable : refusalFrom(thrown) }
    }
  }

  async function overview(who: Who): Promise<MyAccess> {
    const { open } = await findOut(who)
    const question = await ownPlan.question(who)
    const [readings, known] = await Promise.all([
      reads.readings(who),
      activations.read(who).then(found => lookIfOpen(who, found)),
    ])
    const endedAt = endedHereAt(known, question.base)
    const stretch = stretchOf(readings.spans, { now: now(), endedAt })
    if (stretch && stretch.until !== question.base?.until) await ownPlan.seen(who, readings.spans, question)
    const endedBy = question.base?.endedAt === endedAt ? question.base.endedBy : undefined
    return overviewOf({ readings, known, open, stretch, endedAt, endedBy, now: now() })
  }

  /** Asks PIM about a wish that was not answered, or waits. If PIM does not answer, the wish stays as it was. */
  async function lookIfOpen(who: Who, known: Activation | undefined): Promise<Activation | undefined> {
    return isOnItsWay(known, now()) && !isInForce(known) ? look(who, known).catch(() => known) : known
  }
}

/** When the person last ended their access here, in epoch ms; 0 when they never did. */
const endedHereAt = (known: Activation | undefined, base: Plan | undefined) =>
  Math.max((known?.ending?.code === 'ended-here' && known.ending.at) || 0, base?.endedAt ?? 0)

type Facts = {
  readings: Readings
  known: Activation | undefined
  open: readonly OpenAct[]
  stretch: ReturnType<typeof stretchOf>
  endedAt: number
  endedBy: Plan['endedBy']
  now: number
}

function overviewOf({ readings, known, open, stretch, endedAt, endedBy, now }: Facts): MyAccess {
  const { eligibility, spans, requests, approvers } = readings
  const shown = known && shownOf[stateOf(known, now)].mine
  const on = stretch && onOf(stretch, readings, open)
  const pending = pendingIn(requests)
  const waiting = known && shown === 'waiting' ? waitingWish(known) : pending && requestedWish(pending)
  const isNew = shown === 'new' && now - (known?.acceptedAt ?? 0) < lagMs
  const isTurningOn = !on && !waiting && (shown === 'turning-on' || isNew)
  const notExtended = on && known && shown === 'not-extended' && isNotExtended(known, now) ? whyNot(known) : undefined
  const canTurnOn = !on && !waiting && !isTurningOn && eligibility.eligible
  return {
    eligible: eligibility.eligible,
    ...(eligibility.eligible && eligibility.until !== undefined && { eligibleUntil: eligibility.until }),
    ...(on && { on }),
    ...(waiting && { waiting: { ...waiting, approvers } }),
    ...(isTurningOn && { isTurningOn }),
    ...(canTurnOn && { canTurnOn: formOf({ ...readings, activation: known, now }) }),
    ...(notExtended && { notExtended }),
    recent: recentIn(requests, { now, spans, endedAt, endedBy }),
  }
}

type Stretch = NonNullable<ReturnType<typeof stretchOf>>

/** The period that runs. Only a period that the person turned on themselves can be ended and extended by them. */
function onOf({ current, next, until: last }: Stretch, readings: Readings, open: readonly OpenAct[]): MyAccess['on'] {
  const { from, until, kind } = current
  const { requests, rules, eligibility } = readings
  const request = requestBehind(current, requests)
  const isOwn = kind === 'activated'
  const canExtend = isOwn && until !== undefined && !next && eligibility.eligible
  const ending = open.find(each => each.kind === 'ending')
  return {
    from,
    always: last === undefined,
    ...(until !== undefined && { until }),
    ...(request?.reason && { reason: request.reason }),
    ...(request?.ticket && { ticket: request.ticket }),
    ...(isOwn && { canEndAt: from + shortestStayMs }),
    ...(canExtend && { extendMinutes: durationsFor(rules.longestMinutes) }),
    ...(next && last !== undefined && { nextUntil: last }),
    ...(ending && { endAskedAt: ending.sentAt }),
  }
}

function whyNot(extension: Activation): MyAccess['notExtended'] {
  const { by, comment } = extension.ending ?? {}
  return { problem: problemIn(extension), ...(by && { by }), ...(comment && { comment }) }
}
