import type { ForStepUp } from '../../session/sign-in-record.ts'
import { type ArrivalNeeds, createArrival } from './arrival.ts'
import { denialIn, problemOfDenial } from './entra-answer.ts'
import { type Back, createRedeem, type RedeemNeeds } from './redeem.ts'
import { assertMet } from './step-up.ts'
import { assertStillTheirs } from './who-began.ts'

/** Back from a step-up: the same person goes on in their session, which now knows of the authentication context. */
export function createBackFromStepUp(needs: RedeemNeeds & ArrivalNeeds) {
  const { oidc, sessions } = needs
  const redeem = createRedeem(needs)
  const { spendAndProve, tellArrival, goIn } = createArrival(needs)

  return async (back: Back<ForStepUp>): Promise<void> => {
    const { request, answer, purpose } = back
    const before = assertStillTheirs(purpose, sessions.recordOf(request)?.identity)
    const denied = denialIn(answer, oidc.issuer)
    if (denied) throw problemOfDenial(denied, 'step-up-cancelled')
    const redeemed = await redeem(back, { before })
    if (!redeemed) return
    assertMet(purpose, before, redeemed)
    const { proven, tokens } = await spendAndProve(back, redeemed)
    await sessions.renew(request, proven, tokens)
    tellArrival(back, proven)
    await goIn(back)
  }
}
