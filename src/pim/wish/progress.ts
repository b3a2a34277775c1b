import type { Clock } from '../../clock.ts'
import type { Who } from '../../gate/asking/pim-token.ts'
import type { Anew } from '../../gate/standing.ts'
import type { Log } from '../../observability.ts'
import type { SessionRecord } from '../../session/record/record.ts'
import type { Sessions } from '../../session/sessions.ts'
import type { FindOut } from '../acts/finding.ts'
import type { Progress } from '../answers.ts'
import { type Offers, waitingWish } from '../offers.ts'
import type { AsPerson } from '../reading/as-person.ts'
import { within } from '../reading/patience.ts'
import type { Reads } from '../reading/readings.ts'
import { type Activation, type Activations, isNotExtended, isOnItsWay, outcomeIn, problemIn } from './activation.ts'
import { isLongInForce, type Outlook } from './looking.ts'

/** What PIM had not put in force after so long is looked at again there: it may have failed after it was accepted. */
const lookAgainAfterMs = 5_000

/** Where a wish stands: asked at Microsoft, and in the membership itself, each time somebody wants to know. */
export function createProgress({
  clock,
  sessions,
  anew,
  activations,
  look,
  offers,
  reads,
  findOut,
  asPerson,
  log,
}: {
  clock: Clock
  sessions: Pick<Sessions, 'read'>
  anew: Anew
  activations: Activations
  look: Outlook
  offers: Offers
  reads: Reads
  findOut: FindOut
  asPerson: AsPerson
  log: Log
}) {
  const now = () => clock().getTime()

  return async function progress(who: Who, wanted = '/'): Promise<Progress> {
    await findOut(who)
    const known = await activations.read(who)
    const current = isOnItsWay(known, now()) ? known : undefined
    const isDone = await within(who, isIn(who, current?.acceptedAt), () => undefined)
    if (isDone && known?.kind !== 'extend') {
      // Was it this wish that let them in? So the trail learns it.
      if (current && outcomeIn(current).verdict !== 'done') await looked(who, current, 'at-once')
      if (current) await activations.change(who, current.id, found => ({ ...found, stage: 'in' }))
      return { step: 'in', returnTo: current?.returnTo ?? known?.returnTo ?? wanted, ...isDone }
    }
    const activation = current ? await looked(who, current) : known
    const isOpen = activation?.stage === 'asking' || activation?.stage === 'waiting'
    if (isDone && activation && !isOpen && !isAnsweredWithNo(activation, now()))
      return { step: 'in', returnTo: activation.returnTo, ...isDone }
    return activation ? stepOf(who, activation, wanted) : elsewhere(who, wanted)
  }

  async function looked(who: Who, activation: Activation, even?: 'at-once'): Promise<Activation> {
    const { stage, acceptedAt = 0 } = activation
    const isInForce = outcomeIn(activation).verdict === 'done'
    const isQuiet = isInForce ? !isLongInForce(activation, now()) : now() - acceptedAt < lookAgainAfterMs
    if (stage === 'accepted' && isQuiet && !even) return activation
    return look(who, activation, even).catch((error: unknown) => {
      log.warn({ event: 'activation-unknown', oid: who.identity.objectId, error })
      return activation
    })
  }

  async function isIn({ sessionId }: Who, since: number | undefined): Promise<{ until?: number } | undefined> {
    const record: SessionRecord | undefined = await sessions.read(sessionId)
    const standing = record && (await anew(sessionId, record, since))
    const membership = standing?.membership ?? 'unknown'
    if (membership === 'unknown' || !membership.member) return undefined
    // The gate would send them back here.
    if (membership.until !== undefined && now() >= membership.until) return undefined
    return membership.until === undefined ? {} : { until: membership.until }
  }

  async function stepOf(who: Who, activation: Activation, wanted: string): Promise<Progress> {
    const { stage, wish, returnTo, askedAt, keptAt, acceptedAt, steppedUpAt, request } = activation
    switch (stage) {
      case 'asking':
      case 'accepted': {
        if (!isOnItsWay(activation, now())) return elsewhere(who, returnTo)
        const since = askedAt ?? acceptedAt ?? keptAt
        return {
          step: stage,
          kind: activation.kind,
          since,
          isInForce: outcomeIn(activation).verdict === 'done',
          ...(activation.wasOn && { wasOn: true }),
          ...(acceptedAt !== undefined && { acceptedAt }),
          ...(steppedUpAt !== undefined && { steppedUpAt }),
          minutes: wish.minutes,
          returnTo,
          ...(request && { reference: request }),
        }
      }
      case 'waiting': {
        const approvers = await asPerson(who, reads.approvers).catch(() => [])
        return { step: 'waiting', kind: activation.kind, approvers, returnTo, ...waitingWish(activation) }
      }
      case 'over':
        return { ...overOf(activation), kind: activation.kind }
      // Not sent: the person has not come back from Entra with it, or is there in another tab.
      case 'kept':
        return { step: 'none', returnTo }
      case 'in':
        return elsewhere(who, returnTo ?? wanted)
      default:
        throw new Error('no such stage', { cause: stage satisfies never })
    }
  }

  /** Nothing was begun here: it may have been turned on in the portal. */
  async function elsewhere(who: Who, returnTo: string): Promise<Progress> {
    const offer = await offers.offer(who)
    if (offer.kind === 'waiting') return { step: 'waiting', ...offer.request, approvers: offer.approvers, returnTo }
    if (offer.kind !== 'on') return { step: 'none', returnTo }
    const minutes = offer.until === undefined ? 0 : Math.ceil((offer.until - now()) / 60_000)
    const since = offer.from ?? now()
    return { step: 'accepted', since, isInForce: true, wasOn: true, minutes, returnTo }
  }
}

/** Somebody decided, or nobody did: whoever waited for that reads it before they go on. */
const isAnsweredWithNo = (activation: Activation, now: number): boolean =>
  isNotExtended(activation, now) && ['denied', 'lapsed'].includes(activation.ending?.code ?? '')

function overOf(activation: Activation): Progress {
  const { ending, returnTo } = activation
  const { code, ...verdict } = ending ?? { code: 'failed' }
  if (code === 'denied') return { step: 'denied', returnTo, ...definedIn(verdict) }
  if (code === 'lapsed' || code === 'cancelled') return { step: code, returnTo }
  if (code === 'ended-here' || code === 'ended-elsewhere') return { step: 'none', returnTo }
  return { step: 'refused', problem: problemIn(activation), returnTo }
}

const definedIn = ({
  by,
  at,
  comment,
}: {
  by?: string | undefined
  at?: number | undefined
  comment?: string | undefined
}) => ({
  ...(by !== undefined && { by }),
  ...(at !== undefined && { at }),
  ...(comment !== undefined && { comment }),
})
