import type { Identity } from '../../entra/claims.ts'
import type { ForSignIn } from '../../session/sign-in-record.ts'
import { isAheadOfTime } from '../request.ts'
import type { OneTimeNotice } from '../shell/one-time-notice.ts'
import { type ArrivalNeeds, createArrival } from './arrival.ts'
import { denialIn, problemOfDenial } from './entra-answer.ts'
import { farewellNotice } from './farewell.ts'
import { type Back, createRedeem, type RedeemNeeds } from './redeem.ts'

/**
 * Back from signing in: a new session begins, and the person gets to the page first asked for. It says so where an
 * administrator had ended a session of theirs.
 */
export function createBackFromSignIn(needs: RedeemNeeds & ArrivalNeeds) {
  const { oidc, sessions, clock } = needs
  const redeem = createRedeem(needs)
  const { spendAndProve, tellArrival, goIn } = createArrival(needs)

  return async (back: Back<ForSignIn>): Promise<void> => {
    const { request, answer, pending } = back
    const denied = denialIn(answer, oidc.issuer)
    if (denied) throw problemOfDenial(denied, 'sign-in-cancelled')
    const redeemed = await redeem(back)
    if (!redeemed) return
    const { since } = redeemed
    const { proven, tokens } = await spendAndProve(back, redeemed)
    await sessions.begin(request, proven, tokens, { since, startedAt: pending.startedAt })
    tellArrival(back, proven)
    await goIn(back, await farewellTo(redeemed.identity, back))
  }

  /** Without Redis, a person signs in without it. A browser that looks ahead leaves it for the person. */
  async function farewellTo(identity: Identity, { request }: Back): Promise<OneTimeNotice | undefined> {
    const farewell = isAheadOfTime(request) ? undefined : await sessions.farewell(identity).catch(() => undefined)
    return farewell && farewellNotice(farewell, clock())
  }
}
