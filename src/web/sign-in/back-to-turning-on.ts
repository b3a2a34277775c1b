import { assertSamePerson } from '../../entra/claims.ts'
import type { PimToken, Who } from '../../gate/asking/pim-token.ts'
import type { TurnOnAnswer } from '../../pim/answers.ts'
import type { SelfService } from '../../pim/self-service.ts'
import { contextIn, sameClaims } from '../../pim/wish/claims.ts'
import type { ForTurningOn, WaitingFor } from '../../session/sign-in-record.ts'
import { doorGates } from '../access/circumstances.ts'
import { selfServiceOf } from '../access/part.ts'
import { turningOnPath, whoOf } from '../request.ts'
import { type ArrivalNeeds, createArrival } from './arrival.ts'
import { denialIn, problemOfDenial } from './entra-answer.ts'
import { type Back, createRedeem, type Redeemed, type RedeemNeeds } from './redeem.ts'
import { createToEntra } from './to-entra.ts'
import { createPathBack, gatesTogether } from './turned-on-together.ts'
import { assertStillTheirs, loginHintOf } from './who-began.ts'

export type TurningOnNeeds = RedeemNeeds &
  ArrivalNeeds & {
    pimToken: PimToken
    /** Empty while PIM_SELF_SERVICE is off: then no wish waits for what a person proves. */
    selfService: readonly SelfService[]
  }

/** Back from proving what PIM asked for: the same person goes on in their session, and their wish for access is sent. */
export function createBackToTurningOn(needs: TurningOnNeeds) {
  const { selfService, oidc, pimToken, sessions } = needs
  const toEntra = createToEntra(needs)
  const redeem = createRedeem(needs)
  const pathBack = createPathBack(needs)
  const { spendAndProve, tellArrival, goIn } = createArrival(needs)

  const accessAt = (name: string) => selfServiceOf(needs, name)?.access

  const claimsFor = async (who: Who, { gate, activation }: WaitingFor): Promise<string | undefined> =>
    accessAt(gate)?.claimsFor(who, activation)

  return async (back: Back<ForTurningOn>): Promise<void> => {
    const { request, response, answer, pending, purpose } = back
    const before = assertStillTheirs(purpose, sessions.recordOf(request)?.identity)
    const denied = denialIn(answer, oidc.issuer)
    // The wishes were kept: the page says what is missing, with all that was typed.
    if (denied?.error === 'access_denied') return response.redirect(303, pathBack(pending))
    if (denied) throw problemOfDenial(denied, 'sign-in-cancelled')
    // A wish that cannot be sent any more needs nothing proved, and its person goes back to the page.
    const claims = await claimsFor({ identity: before, sessionId: request.sessionID }, purpose)
    const redeemed = await redeem(back, { before, claims })
    if (!redeemed) return
    assertSamePerson(before, redeemed.identity)
    // Reloading this door leads to the page that knows of all gates, too.
    const spent = { ...back, pending: { ...pending, returnTo: pathBack(pending) } }
    const { proven, tokens } = await spendAndProve(spent, redeemed)
    await sessions.renew(request, proven, tokens)
    tellArrival(back, proven, contextIn(claims))
    await (selfService.length > 0 ? goOn(back, redeemed, claims) : goIn(back))
  }

  /** Sends what waited for these claims. Then Entra is asked for the next, or the page waits for all gates together. */
  async function goOn(back: Back<ForTurningOn>, redeemed: Redeemed, claims: string | undefined): Promise<void> {
    const { request, response, pending, purpose } = back
    // The settings of this replica may not describe a gate at which such a wish began.
    const wishes = [purpose, ...(purpose.more ?? [])].filter(({ gate }) => accessAt(gate))
    if (wishes.length === 0) return response.redirect(303, pathBack(pending))
    const who = whoOf(redeemed, request, response)
    // Exactly this token: PIM would refuse an older one again.
    await pimToken.keep(who.sessionId, redeemed.tokens)
    const { waiting, answers } = await sendWishes(who, wishes, { back, claims, askedAt: redeemed.askedAt })
    const gates = gatesTogether(purpose)
    const [next, ...others] = waiting
    if (next) return askForNext(back, redeemed, { next, others, gates })
    const [answer] = answers
    if (gates.length === 1 && answer?.kind === 'form') return response.redirect(303, pending.returnTo)
    const returnTo = (answer && 'returnTo' in answer && answer.returnTo) || pending.returnTo
    response.redirect(303, turningOnPath(returnTo, doorGates(gates)))
  }

  async function sendWishes(who: Who, wishes: readonly WaitingFor[], { back, claims, askedAt }: Proof) {
    const { pending, purpose } = back
    const waiting: Waiting[] = []
    const answers: TurnOnAnswer[] = []
    for (const wish of wishes) {
      const wanted = wish === purpose ? undefined : await claimsFor(who, wish)
      if (wanted && !sameClaims(claims, wanted)) {
        waiting.push({ ...wish, claims: wanted, returnTo: pending.returnTo })
        continue
      }
      const answer = await accessAt(wish.gate)?.resume(who, wish.activation, askedAt.getTime())
      if (answer?.kind === 'step-up') waiting.push({ ...answer, gate: wish.gate })
      else if (answer) answers.push(answer)
    }
    return { waiting, answers }
  }

  /** Asks Entra for what the next wish needs. The record names all gates still, so that the last way back waits for them. */
  function askForNext(
    { request, response, pending: { retries }, purpose: { kind, person } }: Back<ForTurningOn>,
    { identity }: Redeemed,
    { next, others, gates }: { next: Waiting; others: readonly Waiting[]; gates: readonly string[] },
  ): Promise<void> {
    const { activation, gate, claims, returnTo } = next
    const beside = gates.filter(name => name !== gate && others.every(other => other.gate !== name))
    const again = {
      kind,
      person,
      activation,
      gate,
      ...(others.length > 0 && { more: others.map(wishOf) }),
      ...(beside.length > 0 && { beside }),
    }
    return toEntra(request, response, { returnTo, claims, purpose: again, retries, loginHint: loginHintOf(identity) })
  }
}

/** The claims that Entra proved, and when it was asked for them. */
type Proof = { back: Back<ForTurningOn>; claims: string | undefined; askedAt: Date }
/** A wish that waits for claims that Entra has not proved yet. */
type Waiting = WaitingFor & { claims: string; returnTo: string }
const wishOf = ({ activation, gate }: Waiting): WaitingFor => ({ activation, gate })
