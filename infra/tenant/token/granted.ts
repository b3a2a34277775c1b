import type { KoaContextWithOIDC } from 'oidc-provider'
import { defaultScope, graphScopes, offlineScope, scopeFault, shortScopes } from '../scopes.ts'
import type { TenantState } from '../state.ts'
import type { SignIn } from './id-token.ts'
import { type TokenRefusal, tokenRefusal } from './refusals.ts'

/** The scopes asked for at the token endpoint, as they were written. */
function scopeAsked(ctx: KoaContextWithOIDC): string {
  const asked = ctx.oidc.body?.asked_scope
  return typeof asked === 'string' ? asked : ''
}

/**
 * What a person's token is for: the scopes asked for now, or else those of the sign-in. What else was consented to is
 * left out, but for what is switched on: whether Entra adds it is not certain.
 */
export function grantedScopes({ switches }: TenantState, ctx: KoaContextWithOIDC, signIn: SignIn): string[] {
  const asked = shortScopes(scopeAsked(ctx))
  const wanted = (asked.length > 0 ? asked : [...signIn.scopes]).flatMap(each =>
    each === defaultScope ? graphScopes : each,
  )
  const left = [offlineScope, 'offline_access', ...switches.consentMissing]
  return [...new Set([...wanted, ...switches.extraScopes])].filter(scope => !left.includes(scope))
}

/** Why the token call fails for what it asks: scopes that make no token, or want of consent to them. */
export function scopeRefusal({ switches }: TenantState, ctx: KoaContextWithOIDC): TokenRefusal | undefined {
  const asked = scopeAsked(ctx)
  const fault = scopeFault(asked, 'token')
  if (fault) return tokenRefusal(fault)
  const missing = shortScopes(asked).some(scope => switches.consentMissing.includes(scope))
  return missing ? tokenRefusal(65001) : undefined
}

/** Why an app that asks for itself gets nothing: it must name one resource, with all its permissions or none. */
export function appScopeRefusal(ctx: KoaContextWithOIDC): TokenRefusal | undefined {
  const asked = scopeAsked(ctx)
  if (asked.trim() === '') return tokenRefusal(900144)
  const isGraph = asked !== defaultScope && shortScopes(asked).join() === defaultScope
  return isGraph ? undefined : tokenRefusal(70011)
}
