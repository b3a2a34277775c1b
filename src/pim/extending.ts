import type { Clock } from '../clock.ts'
import type { Who } from '../gate/asking/pim-token.ts'
import type { Extended } from './answers.ts'
import { formOf } from './offers.ts'
import type { OwnPlan } from './reading/own-plan.ts'
import { type Requests, requestOf, shortestStayMs, stretchOf } from './reading/periods.ts'
import { isUnanswered, type Reads } from './reading/readings.ts'
import { refusalFrom, refusalOf, unreachable } from './refusals/from-graph.ts'
import { type Activations, outcomeIn, problemIn } from './wish/activation.ts'
import { durationsFor, isReason, readWish } from './wish/form.ts'
import { claimsFor, type TurningOn } from './wish/sending.ts'

/** The next period begins so long after the one before it ends: at the same instant PIM would see two at once. */
export const gapMs = 1_000

/**
 * More time: a second activation that begins when the present one ends. Some tenants take it, some answer that there is
 * one already; then all that is left is to end and turn on again, which the person decides.
 */
export function createExtending({
  clock,
  activations,
  reads,
  send,
  ownPlan,
}: {
  clock: Clock
  activations: Activations
  reads: Reads
  send: TurningOn
  ownPlan: Pick<OwnPlan, 'latest' | 'seen'>
}) {
  const now = () => clock().getTime()

  async function extend(who: Who, form: unknown, returnTo: string): Promise<Extended> {
    try {
      const base = await ownPlan.latest(who)
      const question = { base, askedAt: now() }
      const { spans, requests, rules, approvers } = await reads.readings(who)
      const stretch = stretchOf(spans, { now: now(), endedAt: base?.endedAt })
      if (!stretch) return { kind: 'refused', problem: refusalOf('not-on') }
      const { current, next, until } = stretch
      // PIM takes one further period at a time, and where access is always on there is none.
      if (next || until === undefined) {
        await ownPlan.seen(who, spans, question)
        return { kind: 'lasts-already', ...(until !== undefined && { until }) }
      }
      const read = readWish({ ...wishOf(requestOf(current, requests), form, rules.longestMinutes) }, rules)
      if ('errors' in read) {
        const form = formOf({ rules, requests, approvers, activation: undefined, returned: read, now: now() })
        return { kind: 'form', offer: { kind: 'form', form } }
      }
      const begun = await activations.begin(who, {
        kind: 'extend',
        wish: read.wish,
        returnTo,
        startsAt: until + gapMs,
        ...(rules.context && { claims: claimsFor(rules.context), challenges: 1 }),
      })
      if (!begun) return { kind: 'progress' }
      if (begun.claims) return { kind: 'step-up', activation: begun.id, claims: begun.claims, returnTo }
      const sent = await send(who, begun.id)
      return sent.kind === 'step-up' ? sent : outcome(who, current.from)
    } catch (thrown) {
      return { kind: 'refused', problem: isUnanswered(thrown) ? unreachable : refusalFrom(thrown) }
    }
  }

  /** What became of an extension that was sent. Done is what PIM says it did, nothing less. */
  async function outcome(who: Who, from: number): Promise<Extended> {
    const activation = await activations.read(who)
    if (activation?.kind !== 'extend') return { kind: 'progress' }
    const { stage, ending, startsAt = now(), wish } = activation
    if (outcomeIn(activation).verdict === 'done')
      return { kind: 'extended', was: startsAt - gapMs, until: startsAt + wish.minutes * 60_000 }
    if (stage !== 'over') return { kind: 'progress' }
    const problem = problemIn(activation)
    const isSecond = ending?.code === 'already-on' || ending?.code === 'time-invalid'
    return isSecond ? { kind: 'end-and-again', problem, canEndAt: from + shortestStayMs } : { kind: 'refused', problem }
  }

  return { extend, outcome }
}

type Form = Record<string, unknown>
/** The reason and ticket of the present period stand, unless the form brings others. The portal takes shorter reasons. */
function wishOf(current: Requests[number] | undefined, form: unknown, longestMinutes: number): Form {
  const { minutes, reason, ticket } = (typeof form === 'object' && form !== null ? form : {}) as Form
  return {
    minutes: minutes ?? String(durationsFor(longestMinutes)[0]),
    reason: reason && reason !== current?.reason ? reason : longEnough(current?.reason),
    ticket: ticket || current?.ticket || '',
  }
}

const longEnough = (reason = '') => (isReason(reason) ? reason : 'Access is needed for longer')
