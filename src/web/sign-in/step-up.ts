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

/** Sends someone who is signed in to Entra, as themselves, to meet an authentication context; then back to the page. */
export const createToStepUp = ({ sessions, ...needs }: ToEntraNeeds & { sessions: Sessions }) => {
  const toEntra = createToEntra(needs)
  return (request: Request, response: Response, { context, returnTo }: { context: string; returnTo: string }) => {
    const identity = sessions.recordOf(request)?.identity
    if (!identity) throw new Problem('not-signed-in')
    const purpose = { kind: 'step-up', context, person: personMark(identity) } as const
    const work = toEntra(request, response, { returnTo, purpose, retries: 0, loginHint: hintOf(identity) })
    return leadingBack(returnTo, work)
  }
}

export type ToStepUp = ReturnType<typeof createToStepUp>

/** Without the opaque hint the user name will do: the wrong account is refused when it comes back, not before. */
export const hintOf = ({ loginHint, username }: Identity): string | undefined => loginHint ?? (username || undefined)

/** What goes wrong on the way leaves the session as it is: the page that says so leads to the page first asked for. */
export async function leadingBack<T>(returnTo: string, work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (thrown) {
    if (!(thrown instanceof Problem)) throw thrown
    throw new Problem(thrown.code, { cause: thrown, facts: { ...thrown.facts, returnTo } })
  }
}

/** A step-up counts for the person who began it, while they are the one who is signed in here. */
export function assertStillTheirs({ person }: { person: string }, signedIn: Identity | undefined): Identity {
  if (!signedIn) throw new Problem('step-up-too-late')
  if (personMark(signedIn) !== person) throw new Problem('other-person')
  return signedIn
}

/**
 * What came back must be about the same person and name the context itself. How many others the token names says
 * nothing; neither does it prove more than that the tenant's policy for that context, if any, was satisfied.
 * Source: https://learn.microsoft.com/entra/identity-platform/developer-guide-conditional-access-authentication-context
 */
export function assertMet({ context }: ForStepUp, before: Identity, { identity, contexts }: SignedIn): void {
  assertSamePerson(before, identity)
  if (!contexts.includes(context)) throw new Problem('auth-context-missing')
}

export const personMark = ({ tenantId, objectId, subject }: Identity) =>
  fingerprint([tenantId, objectId, subject].join('\n'))

/** At start: which contexts the house relies on. That a policy protects them cannot be seen in a token. */
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
