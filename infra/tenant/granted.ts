import type { KoaContextWithOIDC } from 'oidc-provider'
import type { SignIn } from './id-token.ts'
import { graphScopes, offlineScope, shortScopes } from './scopes.ts'
import type { TenantState } from './state.ts'
import { type TokenRefusal, tokenRefusal } from './token-refusals.ts'

/** The scopes asked for at the token endpoint, by their short names. */
export function scopesAsked(ctx: KoaContextWithOIDC): string[] {
  const asked = ctx.oidc.body?.asked_scope
  return typeof asked === 'string' ? shortScopes(asked) : []
}

/** What a person's token is for: the scopes of the sign-in, those asked for now, and those consented to earlier. */
export function grantedScopes({ switches }: TenantState, ctx: KoaContextWithOIDC, signIn: SignIn): string[] {
  const added = scopesAsked(ctx).filter(scope => graphScopes.includes(scope))
  const all = new Set([...signIn.scopes, ...added, ...switches.extraScopes])
  return [...all].filter(scope => scope !== offlineScope && !switches.consentMissing.includes(scope))
}

/** Why the token call fails for want of consent. One that asks for nothing new gets what there is. */
export function consentRefusal({ switches }: TenantState, ctx: KoaContextWithOIDC): TokenRefusal | undefined {
  const missing = scopesAsked(ctx).some(scope => switches.consentMissing.includes(scope))
  return missing ? tokenRefusal(65001) : undefined
}

/** Why an app that asks for itself gets nothing: it must name one resource, with all its permissions or none. */
export function appScopeRefusal({ origin }: TenantState, ctx: KoaContextWithOIDC): TokenRefusal | undefined {
  const asked = ctx.oidc.body?.asked_scope
  if (typeof asked !== 'string' || asked.trim() === '') return tokenRefusal(900144)
  const isGraph = asked === 'https://graph.microsoft.com/.default' || asked === `${origin}/.default`
  return isGraph ? undefined : tokenRefusal(70011)
}
