import { clockToleranceMs } from '../clock.ts'
import type { Who } from '../gate/asking/pim-token.ts'
import { isSinceEnd } from '../gate/plan/from-periods.ts'
import { isEndedHere, isTakenAway, type Plan } from '../session/record/plan.ts'
import type { KnownPlans } from '../session/replicas/known-plans.ts'
import type { FindOut } from './acts/finding.ts'
import type { Offer, Use } from './answers.ts'
import type { AskingPim } from './reading/as-person.ts'
import { currentOf } from './reading/periods.ts'
import { isUnanswered, type Readings, type Reads } from './reading/readings.ts'
import { recentIn } from './reading/uses.ts'
import { refusalFrom } from './refusals/from-graph.ts'
import { rethrowRedisAway } from './refusals/redis-away.ts'
import type { Activation } from './wish/activation.ts'
import type { Activations } from './wish/activations.ts'
import { formOf, type Returned } from './wish/form-offer.ts'
import type { Look } from './wish/looking.ts'
import { isOnItsWay, shownOf, stateOf } from './wish/stages.ts'
import { pendingIn, requestedWish, waitingWish } from './wish/waiting.ts'

type Needs = Pick<AskingPim, 'clock' | 'asPerson'> & {
  activations: Activations
  look: Look
  reads: Reads
  findOut: FindOut
  knownPlans: Pick<KnownPlans, 'latest'>
}

/**
 * The way on for a refused person: their wish where one is on its way, else the offer that PIM's lists allow now.
 * `returned`: a form that was sent and comes back. Throws Problem('redis-away'), and nothing of Graph's: silence is an
 * offer, too.
 */
export function createOffers({ clock, asPerson, activations, look, reads, findOut, knownPlans }: Needs) {
  const now = () => clock().getTime()

  async function offer(who: Who, returned: Returned = {}): Promise<Offer> {
    try {
      await findOut(who)
      const known = await activations.read(who)
      const activation = isOnItsWay(known, now()) ? await look(who, known) : known
      if (activation?.kind === 'turn-on') {
        const shown = shownOf[stateOf(activation, now())].offer
        if (shown === 'turning-on') return { kind: shown }
        if (shown === 'waiting')
          return { kind: shown, request: waitingWish(activation), approvers: await asPerson(who, reads.approvers) }
      }
      const plan = await knownPlans.latest(who.identity)
      return offerAsPimSays(await reads.readings(who), { activation, plan, returned, now: now() })
    } catch (thrown) {
      rethrowRedisAway(thrown)
      return isUnanswered(thrown) ? { kind: 'cannot-tell' } : { kind: 'unavailable', problem: refusalFrom(thrown) }
    }
  }

  return { offer }
}
export type Offers = ReturnType<typeof createOffers>

type Facts = { activation: Activation | undefined; plan: Plan | undefined; returned: Returned; now: number }

function offerAsPimSays(readings: Readings, facts: Facts): Offer {
  const { spans, requests } = readings
  const { activation, plan, now } = facts
  const ownEndAt = activation?.ending?.code === 'ended-here' ? (activation.ending.at ?? 0) : 0
  const uses = recentIn(requests, { now, spans, endedAt: ownEndAt })
  const lastUse = uses.find(({ how }) => howAccessEnds.has(how))
  return {
    ...offerFrom(readings, facts, Math.max(ownEndAt, (plan && isEndedHere(plan) && plan.endedAt) || 0)),
    ...(lastUse && { lastUse }),
  }
}

const howAccessEnds = new Set<Use['how']>(['ran-out', 'by-you', 'by-other'])

function offerFrom({ eligibility, ...readings }: Readings, facts: Facts, endedHereAt: number): Offer {
  const { spans, requests, approvers } = readings
  const { plan, now } = facts
  const span = currentOf(spans, now)
  // Microsoft would refuse to turn it on again: it is still on there.
  if (span && plan && isTakenAway(plan) && !isSinceEnd(span, plan)) return { kind: 'being-taken-away' }
  if (span && span.from >= endedHereAt - clockToleranceMs)
    return { kind: 'on', from: span.from, ...(span.until !== undefined && { until: span.until }) }
  const pending = pendingIn(requests)
  if (pending) return { kind: 'waiting', request: requestedWish(pending), approvers }
  if (!eligibility.eligible)
    return { kind: 'not-eligible', ...(eligibility.endedAt !== undefined && { endedAt: eligibility.endedAt }) }
  return { kind: 'form', form: formOf({ ...readings, ...facts }) }
}
