import type { Request, Response } from 'express'
import type { Clock } from '../../clock.ts'
import type { Identity } from '../../entra/claims.ts'
import type { Oidc } from '../../entra/oidc/oidc.ts'
import type { SignedIn } from '../../entra/oidc/signed-in.ts'
import { isProblem } from '../../errors.ts'
import type { Sessions } from '../../session/sessions.ts'
import type { Pending, SignInPurpose } from '../../session/sign-in-record.ts'
import { createToEntra, forPimOf, type ToEntraNeeds } from './to-entra.ts'
import { loginHintOf } from './who-began.ts'

/** A browser that is back from Entra, with the sign-in that it began here. */
export type Back<For extends SignInPurpose = SignInPurpose> = {
  request: Request
  response: Response
  answer: URLSearchParams
  pending: Pending
  purpose: For
}

/** Whom Entra names, when it was asked, and since when an end counts against the session that this begins. */
export type Redeemed = SignedIn & { askedAt: Date; since: number }

export type RedeemNeeds = ToEntraNeeds & { clock: Clock; oidc: Oidc; sessions: Pick<Sessions, 'moment'> }

/**
 * Redeems the code that came back. `before` is the person who began this while signed in here, `claims` what Entra must
 * have checked for PIM. Undefined: the code was used or stale, and the browser is on its way to Entra once more.
 * Throws Problem('redis-away'), and what `oidc.redeem` throws.
 */
export function createRedeem(needs: RedeemNeeds) {
  const { clock, oidc, sessions } = needs
  const toEntra = createToEntra(needs)

  return async (
    { request, response, answer, pending }: Back,
    { before, claims }: { before?: Identity; claims?: string | undefined } = {},
  ): Promise<Redeemed | undefined> => {
    const { attempt, returnTo, purpose, retries, notice } = pending
    const since = await sessions.moment()
    const askedAt = clock()
    const forPim = forPimOf(purpose, claims)
    try {
      return { ...(await oidc.redeem(answer, attempt, forPim)), askedAt, since }
    } catch (thrown) {
      // Begun anew without anybody asking, so only once.
      if (!isProblem(thrown, 'sign-in-refused') || retries > 0) throw thrown
      response.locals.log.info({ event: 'sign-in-again', error: thrown })
    }
    const loginHint = before && loginHintOf(before)
    await toEntra(request, response, { returnTo, purpose, claims, notice, retries: retries + 1, loginHint })
    return undefined
  }
}
