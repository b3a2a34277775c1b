import type { KoaContextWithOIDC } from 'oidc-provider'
import { defaultScope, graphScopes, scopeFault, shortScopes } from '../scopes.ts'
import { asksTooMuch, consentedFor } from '../sign-in/app.ts'
import type { TenantState } from '../state.ts'
import type { SignIn } from './id-token.ts'
import { type TokenRefusal, tokenRefusal } from './refusals.ts'

/** The scopes asked for at the token endpoint, as they were written. */
function scopeAsked(ctx: KoaContextWithOIDC): string {
  const asked = ctx.oidc.body?.asked_scope
  return typeof asked === 'string' ? asked : ''
}

/**
 * The scopes of a person's token: those asked for now, or else those of the sign-in. Other consented scopes are
 * left out unless a switch adds them, because it is not certain whether Entra does.
 */
export function grantedScopes(state: TenantState, ctx: KoaContextWithOIDC, signIn: SignIn): string[] {
  const consented = consentedFor(state, signIn.appId, signIn.person)
  const asked = shortScopes(scopeAsked(ctx))
  const wanted = (asked.length > 0 ? asked : [...signIn.scopes]).flatMap(each =>
    each === defaultScope ? graphScopes : each,
  )
  return [...new Set([...wanted, ...state.switches.extraScopes])].filter(
    scope => scope !== 'offline_access' && consented.has(scope),
  )
}

/** The reason why a token call fails: scopes that make no token, or scopes without consent. */
export function scopeRefusal(state: TenantState, ctx: KoaContextWithOIDC, signIn: SignIn): TokenRefusal | undefined {
  const asked = scopeAsked(ctx)
  const fault = scopeFault(asked, 'token')
  if (fault) return tokenRefusal(fault)
  return asksTooMuch(state, asked, signIn) ? tokenRefusal(65001) : undefined
}

/** The reason why an app that asks for itself gets no token: it must name one resource, with all its permissions or none. */
export function appScopeRefusal(ctx: KoaContextWithOIDC): TokenRefusal | undefined {
  const asked = scopeAsked(ctx)
  if (asked.trim() === '') return tokenRefusal(900144)
  const isGraph = asked !== defaultScope && shortScopes(asked).join() === defaultScope
  return isGraph ? undefined : tokenRefusal(70011)
}
