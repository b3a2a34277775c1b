import type { Request, Response } from 'express'
import type { Oidc } from '../../entra/oidc/oidc.ts'
import type { Pending } from '../../session/pending-sign-ins.ts'
import type { SignIns } from '../../session/sign-ins.ts'
import { isAheadOfTime, isFormOfPage } from '../request.ts'
import type { Chrome } from '../shell/chrome.ts'
import { leaveFor } from './going-on.ts'

export type Start = Pick<Pending, 'returnTo' | 'stepUp' | 'activation' | 'retries'> & {
  prompt?: 'select_account'
  loginHint?: string | undefined
  /** For a token for PIM: what Entra must have checked, as JSON. */
  claims?: string | undefined
}

export type ToEntraNeeds = { oidc: Oidc; signIns: SignIns; chrome: Chrome }

/** Sends the browser to Entra, and remembers where it wanted to go and what for. */
export const createToEntra =
  ({ oidc, signIns, chrome }: ToEntraNeeds) =>
  async (
    request: Request,
    response: Response,
    { returnTo, stepUp, activation, retries, prompt, loginHint, claims }: Start,
  ): Promise<void> => {
    // Whoever pressed a button is owed a page, also about what goes wrong on the way.
    response.locals.isForm = isFormOfPage(request)
    const attempt = oidc.newAttempt()
    const forPim = activation && { claims }
    const url = await oidc.signInUrl({ attempt, prompt, loginHint, context: stepUp?.context, forPim })
    signIns.begin(request, response, {
      attempt,
      returnTo,
      stepUp,
      activation,
      retries,
      isAhead: isAheadOfTime(request),
    })
    leaveFor(request, response, { url, chrome })
  }
