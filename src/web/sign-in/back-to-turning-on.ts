import { assertSamePerson } from '../../entra/claims.ts'
import type { PimToken } from '../../gate/asking/pim-token.ts'
import type { Access } from '../../pim/answers.ts'
import type { SelfService } from '../../pim/self-service.ts'
import type { ForTurningOn } from '../../session/sign-in-record.ts'
import { doorGate } from '../access/circumstances.ts'
import { turningOnPath, whoOf } from '../request.ts'
import { type ArrivalNeeds, createArrival } from './arrival.ts'
import { denialIn, problemOfDenial } from './entra-answer.ts'
import { type Back, createRedeem, type Redeemed, type RedeemNeeds } from './redeem.ts'
import { createToEntra } from './to-entra.ts'
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
  const { spendAndProve, tellArrival, goIn } = createArrival(needs)

  return async (back: Back<ForTurningOn>): Promise<void> => {
    const { request, response, answer, pending, purpose } = back
    const access = selfService.find(({ gate }) => gate === purpose.gate)?.access
    const before = assertStillTheirs(purpose, sessions.recordOf(request)?.identity)
    const denied = denialIn(answer, oidc.issuer)
    // The wish was kept: the page that it came from says what is missing, with all that was typed.
    if (denied?.error === 'access_denied') return response.redirect(303, pending.returnTo)
    if (denied) throw problemOfDenial(denied, 'sign-in-cancelled')
    // A wish that cannot be sent any more needs nothing proved, and its person goes back to the page.
    const claims = await access?.claimsFor({ identity: before, sessionId: request.sessionID }, purpose.activation)
    const redeemed = await redeem(back, { before, claims })
    if (!redeemed) return
    assertSamePerson(before, redeemed.identity)
    const { proven, tokens } = await spendAndProve(back, redeemed)
    await sessions.renew(request, proven, tokens)
    tellArrival(back, proven)
    await (access ? sendWish(back, redeemed, access) : goIn(back))
  }

  async function sendWish(
    { request, response, pending, purpose }: Back<ForTurningOn>,
    { identity, tokens, askedAt }: Redeemed,
    access: Access,
  ): Promise<void> {
    const { returnTo, retries } = pending
    const who = whoOf({ identity }, request, response)
    // Exactly this token: PIM would refuse an older one again.
    await pimToken.keep(who.sessionId, tokens)
    const next = await access.resume(who, purpose.activation, askedAt.getTime())
    if (next.kind === 'step-up') {
      const again = { ...purpose, activation: next.activation }
      const { claims, returnTo } = next
      return toEntra(request, response, { returnTo, claims, purpose: again, retries, loginHint: loginHintOf(identity) })
    }
    if (next.kind === 'form') return response.redirect(303, returnTo)
    response.redirect(303, turningOnPath(next.returnTo ?? returnTo, doorGate(purpose.gate)))
  }
}
