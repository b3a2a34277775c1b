import type { Request, Response } from 'express'
import type { Config } from '../../config/load.ts'
import { assertSamePerson, type Identity } from '../../entra/claims.ts'
import type { SignedIn } from '../../entra/oidc/signed-in.ts'
import { Problem } from '../../errors.ts'
import type { Log } from '../../observability.ts'
import type { Sessions } from '../../session/sessions.ts'
import type { ForStepUp } from '../../session/sign-in-record.ts'
import type { Page } from '../page.ts'
import { createOneTimeNotices, type NoticeNeeds } from '../shell/one-time-notice.ts'
import { createToEntra, leadingBack, type ToEntraNeeds } from './to-entra.ts'
import { loginHintOf, personMark } from './who-began.ts'

/**
 * Sends a person who is signed in to Entra, as themselves, to meet an authentication context, and then back to `returnTo`,
 * which then says the notice that it was to say now.
 * Throws Problem('not-signed-in') when nobody is signed in.
 */
export const createToStepUp = ({
  sessions,
  seal,
  clock,
  ...needs
}: ToEntraNeeds & NoticeNeeds & { sessions: Sessions }) => {
  const toEntra = createToEntra(needs)
  const notices = createOneTimeNotices({ seal, clock })
  return (request: Request, response: Response, { context, returnTo }: { context: string; returnTo: string }) => {
    const identity = sessions.recordOf(request)?.identity
    if (!identity) throw new Problem('not-signed-in')
    const purpose = { kind: 'step-up', context, person: personMark(identity) } as const
    const notice = notices.shownTo(request)
    const start = { returnTo, purpose, retries: 0, notice, loginHint: loginHintOf(identity) }
    const work = toEntra(request, response, start)
    return leadingBack(returnTo, work)
  }
}

export type ToStepUp = ReturnType<typeof createToStepUp>

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

/** Names at start the contexts that the house relies on, because a token cannot show whether a policy protects them. */
export function warnOfContexts({ gates }: Pick<Config, 'gates'>, table: readonly Page[], log: Log): void {
  const asked = [...gates.map(({ context }) => context), ...table.map(({ requirement }) => requirement.stepUp?.context)]
  const contexts = [...new Set(asked)].filter(context => context !== undefined)
  if (contexts.length === 0) return
  log.warn(
    { event: 'auth-contexts-in-use', contexts },
    'an authentication context that no enabled Conditional Access policy protects proves nothing: Entra grants it to everyone',
  )
}
