import {
  errors,
  type KoaContextWithOIDC,
  type interactionPolicy as Policy,
  interactionPolicy as policy,
} from 'oidc-provider'
import { type Person, personBy, personHinted } from '../directory/people.ts'
import type { TenantState } from '../state.ts'
import { takeFault } from '../switches/switches.ts'
import { tokenRefusal } from '../token/refusals.ts'
import { refusalOf } from './admission.ts'
import { asksTooMuch } from './app.ts'
import { contextAsked, satisfies, tokenContextKept, wantsFreshSignIn } from './contexts.ts'

const { Check, Prompt } = policy

/**
 * The conditions in which the tenant stops a sign-in to show a page, in the order of checking. The texts are AADSTS codes: with
 * `prompt=none` they become the redirect to the app that authorize-response.ts words.
 */
export function interactionPolicy(state: TenantState): Policy.Prompt[] {
  return [
    new Prompt({ name: 'fault' }, new Check('fault', '', ctx => playFault(state, ctx))),
    new Prompt(
      { name: 'login', requestable: true },
      new Check('no_session', 'AADSTS50058', 'login_required', ctx => !usableSession(state, ctx)),
      new Check('other_person', 'AADSTS16000', 'interaction_required', namesSomeoneElse),
      new Check('wrong_account', 'AADSTS16000', 'interaction_required', ctx => givesWayToWrongAccount(state, ctx)),
    ),
    new Prompt({ name: 'select_account', requestable: true }),
    new Prompt(
      { name: 'consent_missing' },
      new Check('65001', 'AADSTS65001', 'consent_required', ctx => asksUnconsented(state, ctx)),
    ),
    new Prompt(
      { name: 'held' },
      ...[7000112, 50020, 50057, 53003, 50105].map(
        code =>
          new Check(String(code), `AADSTS${code}`, 'interaction_required', ctx => refusalNow(state, ctx) === code),
      ),
    ),
    new Prompt(
      { name: 'step_up' },
      new Check('context', 'AADSTS50076', 'interaction_required', ctx => !contextSatisfied(state, ctx)),
    ),
  ]
}

function playFault({ switches }: TenantState, ctx: KoaContextWithOIDC): false {
  const { fault } = ctx.oidc.params ?? {}
  if (typeof fault === 'string') throw new errors.CustomOIDCProviderError(tokenRefusal(fault).error, `AADSTS${fault}`)
  if (ctx.oidc.route === 'resume') return false
  switch (takeFault(switches, 'authorizeError')?.what) {
    case undefined:
      return false
    case 'cancel':
      throw new errors.AccessDenied('cancel')
    case 'decline':
      throw new errors.CustomOIDCProviderError('access_denied', 'AADSTS65004')
    case 'server_error':
      throw new errors.CustomOIDCProviderError('server_error', 'AADSTS90033')
    case 'temporarily_unavailable':
      throw new errors.CustomOIDCProviderError('temporarily_unavailable', 'AADSTS90006')
  }
}

// A sign-in that has just happened counts, even for another account than the hint: people may choose another account.
const justSignedIn = ({ oidc }: KoaContextWithOIDC): boolean => oidc.result?.login !== undefined

function usableSession({ switches }: TenantState, ctx: KoaContextWithOIDC): boolean {
  const key = ctx.oidc.session?.accountId
  return key !== undefined && (justSignedIn(ctx) || !switches.revoked.includes(key))
}

function namesSomeoneElse(ctx: KoaContextWithOIDC): boolean {
  const key = ctx.oidc.session?.accountId
  const hinted = personHinted(ctx.oidc.params?.login_hint)
  return key !== undefined && hinted !== undefined && hinted.key !== key && !justSignedIn(ctx)
}

// Only where pages are allowed: in a silent sign-in nobody can choose another account.
function givesWayToWrongAccount({ switches }: TenantState, ctx: KoaContextWithOIDC): boolean {
  const key = ctx.oidc.session?.accountId
  const other = switches.wrongAccount
  return key !== undefined && other !== undefined && other !== key && ctx.oidc.params?.prompt !== 'none'
}

function asksUnconsented(state: TenantState, ctx: KoaContextWithOIDC): boolean {
  const person = personSignedIn(ctx)
  if (!person) return false
  return asksTooMuch(state, String(ctx.oidc.params?.scope ?? ''), { appId: appIdOf(ctx), person })
}

const appIdOf = ({ oidc }: KoaContextWithOIDC): string => oidc.client?.clientId ?? ''

function refusalNow(state: TenantState, ctx: KoaContextWithOIDC): number | undefined {
  const person = personSignedIn(ctx)
  return person && refusalOf(state, person, appIdOf(ctx))
}

function personSignedIn({ oidc }: KoaContextWithOIDC): Person | undefined {
  return oidc.session?.accountId ? personBy(oidc.session.accountId) : undefined
}

function contextSatisfied(state: TenantState, ctx: KoaContextWithOIDC): boolean {
  const { claims, session } = ctx.oidc
  const person = personSignedIn(ctx)
  if (!person) return false
  return [contextAsked(claims), tokenContextKept(claims)].every(context => {
    if (context === undefined) return true
    const isFresh = justSignedIn(ctx) || !wantsFreshSignIn(state, context, person)
    return isFresh && satisfies(state, context, { person, methods: session?.amr ?? [] })
  })
}
