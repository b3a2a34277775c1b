import type { Clock } from '../clock.ts'
import { betweenPeriodsMs, shortestStayMs } from '../entra/pim/limits.ts'
import type { Who } from '../gate/asking/pim-token.ts'
import type { ExtendAnswer } from './answers.ts'
import type { OwnPlan } from './reading/own-plan.ts'
import { type Requests, requestBehind, stretchOf } from './reading/periods.ts'
import { isUnanswered, type Readings, type Reads } from './reading/readings.ts'
import { refusalFrom, unreachable } from './refusals/from-graph.ts'
import { pimRefusal } from './refusals/words.ts'
import type { Activations } from './wish/activations.ts'
import { firstDemand } from './wish/claims.ts'
import { durationsFor } from './wish/durations.ts'
import { isReason, readWish } from './wish/form.ts'
import { formOf } from './wish/form-offer.ts'
import { isInForce, problemIn } from './wish/outcome.ts'
import type { Send } from './wish/sending.ts'
import { shownOf, stateOf } from './wish/stages.ts'

type Needs = {
  clock: Clock
  activations: Activations
  reads: Reads
  send: Send
  ownPlan: Pick<OwnPlan, 'question' | 'seen'>
}

/**
 * More time: a second activation that begins when the present one ends. Some tenants take a second activation. Others
 * refuse it because there is one already; then the person can only end access and turn it on again, if they want to.
 * `extend` throws Problem('redis-away'), and nothing of Graph's.
 */
export function createExtending({ clock, activations, reads, send, ownPlan }: Needs) {
  const now = () => clock().getTime()

  async function extend(who: Who, form: unknown, returnTo: string): Promise<ExtendAnswer> {
    try {
      const question = await ownPlan.question(who)
      const readings = await reads.readings(who)
      const stretch = stretchOf(readings.spans, { now: now(), endedAt: question.base?.endedAt })
      if (!stretch) return { kind: 'refused', problem: pimRefusal('not-on') }
      const { current, next, until } = stretch
      // PIM takes one further period at a time, and access that is always on has no end to extend.
      if (next || until === undefined) {
        await ownPlan.seen(who, readings.spans, question)
        return { kind: 'lasts-already', ...(until !== undefined && { until }) }
      }
      const { requests, rules } = readings
      const read = readWish(wishOf(requestBehind(current, requests), form, rules.longestMinutes), rules)
      if ('errors' in read) return formAgain(readings, read)
      const startsAt = until + betweenPeriodsMs
      const wanted = { kind: 'extend', wish: read.wish, returnTo, startsAt, ...firstDemand(rules) } as const
      const begun = await activations.begin(who, wanted)
      if (!begun) return { kind: 'progress' }
      if (begun.claims) return { kind: 'step-up', activation: begun.id, claims: begun.claims, returnTo }
      const sent = await send(who, begun.id)
      return sent.kind === 'step-up' ? sent : extensionOf(who, current.from)
    } catch (thrown) {
      return { kind: 'refused', problem: isUnanswered(thrown) ? unreachable : refusalFrom(thrown) }
    }
  }

  function formAgain(readings: Readings, returned: Extract<ReturnType<typeof readWish>, { errors: object }>) {
    const form = formOf({ ...readings, activation: undefined, returned, now: now() })
    return { kind: 'form', offer: { kind: 'form', form } } as const
  }

  /**
   * The result of an extension that was sent, in a period that began at `from`. Only a grant of PIM's counts as
   * extended.
   */
  async function extensionOf(who: Who, from: number): Promise<ExtendAnswer> {
    const activation = await activations.read(who)
    if (activation?.kind !== 'extend') return { kind: 'progress' }
    const { ending, startsAt = now(), wish } = activation
    if (isInForce(activation))
      return { kind: 'extended', was: startsAt - betweenPeriodsMs, until: startsAt + wish.minutes * 60_000 }
    if (shownOf[stateOf(activation, now())].answer === 'progress') return { kind: 'progress' }
    const problem = problemIn(activation)
    const isSecond = ending?.code === 'already-on' || ending?.code === 'time-invalid'
    return isSecond ? { kind: 'end-and-again', problem, canEndAt: from + shortestStayMs } : { kind: 'refused', problem }
  }

  return { extend, extensionOf }
}

type Form = Record<string, unknown>
/**
 * The reason and ticket of the present period stand, unless the form brings others. The portal takes shorter reasons than
 * this application does.
 */
function wishOf(current: Requests[number] | undefined, form: unknown, longestMinutes: number): Form {
  const { minutes, reason, ticket } = (typeof form === 'object' && form !== null ? form : {}) as Form
  return {
    minutes: minutes ?? String(durationsFor(longestMinutes)[0]),
    reason: reason && reason !== current?.reason ? reason : longEnough(current?.reason),
    ticket: ticket || current?.ticket || '',
  }
}

const longEnough = (reason = '') => (isReason(reason) ? reason : 'Access is needed for longer')
