import type { Request, Response } from 'express'
import type { Config } from '../../config/load.ts'
import { assertSamePerson, type Identity } from '../../entra/claims.ts'
import type { SignedIn } from '../../entra/oidc/signed-in.ts'
import { Problem } from '../../errors.ts'
import type { Log } from '../../observability.ts'
import { fingerprint } from '../../session/sealing/seal.ts'
import type { Sessions } from '../../session/sessions.ts'
import type { ForStepUp } from '../../session/sign-in-record.ts'
import type { Page } from '../page.ts'
import { createToEntra, type ToEntraNeeds } from './to-entra.ts'

/**
 * Sends a person who is signed in to Entra, as themselves, to meet an authentication context, and then back to `returnTo`.
 * Throws Problem('not-signed-in') when nobody is signed in.
 */
export const createToStepUp = ({ sessions, ...needs }: ToEntraNeeds & { sessions: Sessions }) => {
  const toEntra = createToEntra(needs)
  return (request: Request, response: Response, { context, returnTo }: { context: string; returnTo: string }) => {
    const identity = sessions.recordOf(request)?.identity
    if (!identity) throw new Problem('not-signed-in')
    const purpose = { kind: 'step-up', context, person: personMark(identity) } as const
    const work = toEntra(request, response, { returnTo, purpose, retries: 0, loginHint: loginHintOf(identity) })
    return leadingBack(returnTo, work)
  }
}

export type ToStepUp = ReturnType<typeof createToStepUp>

/** The account that Entra should propose. The user name will do where Entra gave no hint: a wrong account is refused when it comes back. */
export const loginHintOf = ({ loginHint, username }: Identity): string | undefined =>
  loginHint ?? (username || undefined)

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

/**
 * The person who began this, while they are signed in here. Throws Problem('step-up-too-late') when nobody is signed in
 * any more, and Problem('other-person') when somebody else is.
 */
export function assertStillTheirs({ person }: { person: string }, signedIn: Identity | undefined): Identity {
  if (!signedIn) throw new Problem('step-up-too-late')
  if (personMark(signedIn) !== person) throw new Problem('other-person')
  return signedIn
}

/**
 * Throws Problem('other-person') unless Entra names the same person, and Problem('auth-context-missing') unless the token
 * names the context itself. Other contexts in the token prove nothing; and this one proves only that the tenant's policy
 * for it, if there is one, was satisfied.
 * Source: https://learn.microsoft.com/entra/identity-platform/developer-guide-conditional-access-authentication-context
 */
export function assertMet({ context }: ForStepUp, before: Identity, { identity, contexts }: SignedIn): void {
  assertSamePerson(before, identity)
  if (!contexts.includes(context)) throw new Problem('auth-context-missing')
}

/** A mark of a person that tells nothing of them: two marks are equal for the same person only. */
export const personMark = ({ tenantId, objectId, subject }: Identity) =>
  fingerprint([tenantId, objectId, subject].join('\n'))

/** Names at start the contexts that the house relies on, because a token cannot show whether a policy protects them. */
export function warnOfContexts(
  { membership: { authContext } }: Pick<Config, 'membership'>,
  table: readonly Page[],
  log: Log,
): void {
  const asked = [authContext, ...table.map(({ requirement }) => requirement.stepUp?.context)]
  const contexts = [...new Set(asked)].filter(context => context !== undefined)
  if (contexts.length === 0) return
  log.warn(
    { event: 'auth-contexts-in-use', contexts },
    'an authentication context that no enabled Conditional Access policy protects proves nothing: Entra grants it to everyone',
  )
}
