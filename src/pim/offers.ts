import { type Clock, clockToleranceMs } from '../clock.ts'
import type { PimRequest, Rules } from '../entra/pim/pim.ts'
import { Problem } from '../errors.ts'
import type { Who } from '../gate/asking/pim-token.ts'
import type { FindOut } from './acts/finding.ts'
import type { FormOffer, Offer, Use, WaitingWish } from './answers.ts'
import type { AsPerson } from './reading/as-person.ts'
import { currentOf, recentIn } from './reading/periods.ts'
import { isUnanswered, type Readings, type Reads } from './reading/readings.ts'
import { refusalFrom, refusalOf } from './refusals/from-graph.ts'
import { type Activation, type Activations, approvalLifeMs, isOnItsWay, problemIn } from './wish/activation.ts'
import { defaultMinutes, durationsFor, type WishErrors } from './wish/form.ts'
import type { Outlook } from './wish/looking.ts'

/** What was typed comes back with the form for so long after it ended badly. */
const typedLifeMs = 26 * 3_600_000

/** What came back of a form: what was typed, and what is wrong with it. */
export type Returned = Pick<FormOffer, 'typed' | 'errors'>

/** What a person can do about being refused, from PIM's own answers about them, asked now. */
export function createOffers({
  clock,
  asPerson,
  activations,
  look,
  reads,
  findOut,
}: {
  clock: Clock
  asPerson: AsPerson
  activations: Activations
  look: Outlook
  reads: Reads
  findOut: FindOut
}) {
  const now = () => clock().getTime()

  async function offer(who: Who, returned: Returned = {}): Promise<Offer> {
    try {
      await findOut(who)
      const known = await activations.read(who)
      const activation = known && isOnItsWay(known, now()) ? await look(who, known) : known
      if (isOnItsWay(activation, now()) && activation.kind === 'turn-on') return offerOf(who, activation)
      const readings = await reads.readings(who)
      return { ...fresh(readings, activation, returned), ...lastUseIn(readings, activation) }
    } catch (thrown) {
      if (thrown instanceof Problem && thrown.code === 'redis-away') throw thrown
      return isUnanswered(thrown) ? { kind: 'cannot-tell' } : { kind: 'unavailable', problem: refusalFrom(thrown) }
    }
  }

  async function offerOf(who: Who, activation: Activation): Promise<Offer> {
    if (activation.stage !== 'waiting') return { kind: 'turning-on' }
    const approvers = await asPerson(who, reads.approvers)
    return { kind: 'waiting', request: waitingWish(activation), approvers }
  }

  function lastUseIn({ requests, spans }: Readings, activation: Activation | undefined): Pick<Offer, 'lastUse'> {
    const endedAt = activation?.ending?.code === 'ended-here' ? (activation.ending.at ?? 0) : 0
    const reached = recentIn(requests, { now: now(), spans, endedAt }).find(({ how }) => endings.has(how))
    return reached ? { lastUse: reached } : {}
  }

  function fresh(
    { eligibility, spans, requests, rules, approvers }: Readings,
    activation: Activation | undefined,
    returned: Returned,
  ): Offer {
    const span = currentOf(spans, now())
    const endedHere = activation?.ending?.code === 'ended-here' ? (activation.ending.at ?? 0) : 0
    if (span && span.from >= endedHere - clockToleranceMs)
      return { kind: 'on', from: span.from, ...(span.until !== undefined && { until: span.until }) }
    const pending = requests.find(({ status, action }) => status === 'pendingapproval' && action === 'selfactivate')
    if (pending) return { kind: 'waiting', request: pendingWish(pending), approvers }
    if (!eligibility.eligible)
      return { kind: 'not-eligible', ...(eligibility.endedAt !== undefined && { endedAt: eligibility.endedAt }) }
    return {
      kind: 'form',
      form: formOf({ rules, requests, approvers, activation, returned, now: now() }),
    }
  }

  return { offer }
}
export type Offers = ReturnType<typeof createOffers>

export function formOf({
  rules,
  requests,
  approvers,
  activation,
  returned,
  now,
}: {
  rules: Rules & { known: boolean }
  requests: readonly PimRequest[]
  approvers: readonly string[]
  activation: Activation | undefined
  returned: Returned
  now: number
}): FormOffer {
  const choices = durationsFor(rules.longestMinutes)
  const uses = usesIn(requests)
  const [last] = uses
  const failed = activation?.stage === 'over' || activation?.stage === 'kept' ? activation : undefined
  const kept = failed && now - failed.keptAt < typedLifeMs ? failed : undefined
  const proposed = defaultMinutes(
    uses.map(({ minutes = 0 }) => minutes),
    choices,
  )
  const typed = returned.typed ?? (kept && typedOf(kept, proposed))
  const shown = returned.errors ? { errors: returned.errors } : kept ? problemOf(kept) : {}
  return {
    choices,
    minutes: choices.find(each => String(each) === typed?.minutes) ?? proposed,
    longestMinutes: rules.longestMinutes,
    ticket: rules.ticket || shown.errors?.ticket !== undefined,
    needs: { passkey: rules.context !== undefined || rules.mfa, approval: rules.approval, approvers },
    ...(last && {
      last: {
        at: last.createdAt,
        minutes: last.minutes ?? 0,
        reason: last.reason ?? '',
        ...(last.ticket && { ticket: last.ticket }),
      },
    }),
    ...(typed && { typed }),
    ...shown,
    rulesKnown: rules.known,
  }
}

const typedOf = ({ wish }: Activation, proposed: number) => ({
  reason: wish.reason,
  ticket: wish.ticket ?? '',
  minutes: String(wish.minutes || proposed),
})

const endings = new Set<Use['how']>(['ran-out', 'by-you', 'by-other'])

const quiet = new Set(['cancelled', 'ended-here', 'ended-elsewhere', 'denied', 'lapsed'])
function problemOf(activation: Activation): Pick<FormOffer, 'problem' | 'errors'> {
  const { stage, ending, claims, challenges } = activation
  if (stage === 'kept') return claims && challenges > 0 ? { problem: refusalOf('step-up-cancelled') } : {}
  if (!ending || quiet.has(ending.code)) return {}
  const problem = problemIn(activation)
  const errors: WishErrors = problem.field ? { [problem.field]: problem.sentence } : {}
  return { problem, ...(problem.field && { errors }) }
}

const reachedUse = new Set(['provisioned', 'granted', 'schedulecreated', 'revoked'])
/** The times this person turned it on, newest first. */
export const usesIn = (requests: readonly PimRequest[]): PimRequest[] =>
  requests.filter(
    ({ action, status, minutes }) => action === 'selfactivate' && reachedUse.has(status) && minutes !== undefined,
  )

export const waitingWish = ({ wish, askedAt, keptAt, startsAt }: Activation): WaitingWish => {
  const since = askedAt ?? keptAt
  const { reason, ticket, minutes } = wish
  const asked = { reason, minutes, ...(ticket && { ticket }), ...(startsAt !== undefined && { startsAt }) }
  return { ...asked, since, lapsesAt: since + approvalLifeMs }
}
export const pendingWish = ({ createdAt, reason = '', ticket, minutes, startsAt }: PimRequest): WaitingWish => ({
  since: createdAt,
  lapsesAt: createdAt + approvalLifeMs,
  reason,
  ...(ticket && { ticket }),
  ...(minutes && { minutes }),
  ...(startsAt && { startsAt }),
})
