import type { Who } from '../../gate/asking/pim-token.ts'
import type { Anew } from '../../gate/standing.ts'
import type { Log } from '../../observability.ts'
import type { GateSessions } from '../../session/gate-sessions.ts'
import type { GateRecord } from '../../session/record/at-gate.ts'
import type { FindOut } from '../acts/finding.ts'
import type { SeenOfActs } from '../acts/seen.ts'
import type { Progress } from '../answers.ts'
import type { Offers } from '../offers.ts'
import type { AskingPim } from '../reading/as-person.ts'
import { whilePageWaits } from '../reading/patience.ts'
import type { Reads } from '../reading/readings.ts'
import type { Activation } from './activation.ts'
import type { Activations } from './activations.ts'
import type { Look } from './looking.ts'
import { isInForce, isLongInForce } from './outcome.ts'
import { isNotExtended, isOnItsWay, shownOf, stateOf } from './stages.ts'
import { endedAs, underWay } from './steps.ts'
import { waitingWish } from './waiting.ts'

/** A request that PIM took may fail after that. If it is not in force after this time, PIM is asked about it again. */
const lookAgainAfterMs = 5_000
/** A role that tokens do not name so long (ms) after it was turned on, or after the last sign-in, may need a new sign-in. */
const newSignInAfterMs = 15_000
/** After this time (ms) a person who waits is not sent to Entra any more. */
const newSignInsForMs = 2 * 60_000

type Needs = Pick<AskingPim, 'clock' | 'asPerson'> & {
  sessions: Pick<GateSessions, 'read'>
  anew: Anew
  activations: Activations
  look: Look
  offers: Offers
  reads: Reads
  findOut: FindOut
  /** Whether the gate is one of a role, which only the person's own token proves. */
  isByRole: boolean
  seen: Pick<SeenOfActs, 'effective'>
  log: Log
}

/**
 * Makes the function that tells where a person's wish stands. Each call asks Microsoft about the wish, and asks whether
 * the person is a member by now. `wanted`: where to go on to when nothing was begun here. Throws Problem('redis-away').
 */
export function createProgress(needs: Needs) {
  const { clock, sessions, anew, activations, look, offers, reads, findOut, isByRole, asPerson, seen, log } = needs
  const now = () => clock().getTime()

  return async function progress(who: Who, wanted = '/'): Promise<Progress> {
    await findOut(who)
    const known = await activations.read(who)
    const current = isOnItsWay(known, now()) ? known : undefined
    const membership = await whilePageWaits(who, membershipOf(who, current?.acceptedAt), () => undefined)
    if (membership && known?.kind !== 'extend') {
      if (current) await letIn(who, current)
      return { step: 'in', returnTo: known?.returnTo ?? wanted, ...membership }
    }
    const activation = current ? await lookUnlessQuiet(who, current) : known
    if (membership && activation && goesIn(activation, now()))
      return { step: 'in', returnTo: activation.returnTo, ...membership }
    if (activation && (await needsNewSignIn(who, activation))) return { step: 'sign-in', returnTo: activation.returnTo }
    return activation ? stepOf(who, activation) : stepAsPimSays(who, wanted)
  }

  /** The person is in by this wish. PIM is asked about the wish once more, so that the trail learns its result, too. */
  async function letIn(who: Who, current: Activation): Promise<void> {
    if (!isInForce(current)) await lookUnlessQuiet(who, current, 'at-once')
    const entered = await activations.change(who, current.id, found =>
      found.stage === 'in' ? undefined : { ...found, stage: 'in' },
    )
    if (entered) seen.effective(who, entered, now() - (entered.acceptedAt ?? now()))
  }

  async function lookUnlessQuiet(who: Who, activation: Activation, even?: 'at-once'): Promise<Activation> {
    const { stage, acceptedAt = 0 } = activation
    const isQuiet = isInForce(activation) ? !isLongInForce(activation, now()) : now() - acceptedAt < lookAgainAfterMs
    if (stage === 'accepted' && isQuiet && !even) return activation
    return look(who, activation, even).catch((error: unknown) => {
      log.warn({ event: 'activation-unknown', oid: who.identity.objectId, error })
      return activation
    })
  }

  /** The person's membership, asked for anew. Undefined where the gate would send them back to this page. */
  async function membershipOf({ sessionId }: Who, since: number | undefined): Promise<{ until?: number } | undefined> {
    const record: GateRecord | undefined = await sessions.read(sessionId)
    const standing = record && (await anew(sessionId, record, since))
    const membership = standing?.membership ?? 'unknown'
    if (membership === 'unknown' || !membership.member) return undefined
    if (membership.until !== undefined && now() >= membership.until) return undefined
    return membership.until === undefined ? {} : { until: membership.until }
  }

  /** Whether a refreshed token brings a new role is not documented, so after a while the person signs in anew, silently. */
  async function needsNewSignIn({ sessionId }: Who, activation: Activation): Promise<boolean> {
    const { stage, acceptedAt = 0, startsAt = 0 } = activation
    if (!isByRole || stage !== 'accepted' || !isInForce(activation)) return false
    const since = Math.max(acceptedAt, startsAt)
    const { signedInAt = 0 } = (await sessions.read(sessionId)) ?? {}
    return now() - since < newSignInsForMs && now() - Math.max(since, signedInAt) >= newSignInAfterMs
  }

  async function stepOf(who: Who, activation: Activation): Promise<Progress> {
    const { kind, returnTo } = activation
    const step = shownOf[stateOf(activation, now())].progress
    switch (step) {
      case 'asking':
      case 'accepted':
        return underWay(step, activation)
      case 'waiting': {
        const approvers = await asPerson(who, reads.approvers).catch(() => [])
        return { step, kind, approvers, returnTo, ...waitingWish(activation) }
      }
      case 'pim':
        return stepAsPimSays(who, returnTo)
      default:
        return endedAs(step, activation)
    }
  }

  /** No wish of this application is under way, but the person may have turned access on in the portal. */
  async function stepAsPimSays(who: Who, returnTo: string): Promise<Progress> {
    const offer = await offers.offer(who)
    if (offer.kind === 'waiting') return { step: 'waiting', ...offer.request, approvers: offer.approvers, returnTo }
    if (offer.kind !== 'on') return { step: 'none', returnTo }
    const minutes = offer.until === undefined ? 0 : Math.ceil((offer.until - now()) / 60_000)
    const since = offer.from ?? now()
    return { step: 'accepted', since, isInForce: true, wasOn: true, minutes, returnTo }
  }
}

/**
 * A member goes on, unless the wish still waits for an answer, or somebody said no to it and they have not read that
 * yet.
 */
function goesIn(activation: Activation, now: number): boolean {
  const { progress } = shownOf[stateOf(activation, now)]
  const isOpen = activation.stage === 'asking' || activation.stage === 'waiting'
  return !isOpen && !(isNotExtended(activation, now) && (progress === 'denied' || progress === 'lapsed'))
}
