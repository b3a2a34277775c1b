import type { Request, Response } from 'express'
import type { Oidc } from '../../entra/oidc/oidc.ts'
import type { ForPim } from '../../entra/oidc/scopes.ts'
import { Problem } from '../../errors.ts'
import type { Pending, SignInPurpose } from '../../session/sign-in-record.ts'
import type { SignIns } from '../../session/sign-ins.ts'
import { isAheadOfTime, isFormOfPage } from '../request.ts'
import type { Chrome } from '../shell/chrome.ts'
import { leaveFor } from './going-on.ts'

export type Start = Pick<Pending, 'returnTo' | 'purpose' | 'retries' | 'notice'> & {
  prompt?: 'select_account'
  loginHint?: string | undefined
  /** For turning on access, and for giving it: what Entra must have checked before it gives a token for PIM, as JSON. */
  claims?: string | undefined
}

export type ToEntraNeeds = { oidc: Oidc; signIns: SignIns; chrome: Chrome }

/**
 * Sends the browser to Entra, and remembers where it wanted to go and what for. Throws Problem('entra-unreachable') when
 * Entra's metadata cannot be had.
 */
export const createToEntra =
  ({ oidc, signIns, chrome }: ToEntraNeeds) =>
  async (
    request: Request,
    response: Response,
    { returnTo, purpose, retries, notice, prompt, loginHint, claims }: Start,
  ): Promise<void> => {
    // A person who pressed a button is owed a page, also about a failure on the way.
    response.locals.isForm = isFormOfPage(request)
    const attempt = oidc.newAttempt()
    const context = purpose.kind === 'step-up' ? purpose.context : undefined
    const forPim = forPimOf(purpose, claims)
    const url = await oidc.signInUrl({ attempt, prompt, loginHint, context, forPim })
    const isAhead = isAheadOfTime(request)
    signIns.begin(request, response, { attempt, returnTo, purpose, retries, notice, isAhead })
    leaveFor(request, response, { url, chrome })
  }

/** The token for PIM that a sign-in of this purpose is for; undefined for one that is for none. */
export function forPimOf({ kind }: SignInPurpose, claims: string | undefined): ForPim | undefined {
  if (kind === 'administering') return { claims, work: 'administration' }
  return kind === 'turning-on' ? { claims } : undefined
}
export type ToEntra = ReturnType<typeof createToEntra>

/**
 * Lets a Problem on the way to Entra or back lead to the page first asked for: the session is as it was, so the person
 * can go on there. Any other error rises as it is.
 */
export async function leadingBack<T>(returnTo: string, work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (thrown) {
    if (!(thrown instanceof Problem)) throw thrown
    throw new Problem(thrown.code, { cause: thrown, facts: { ...thrown.facts, returnTo } })
  }
}
