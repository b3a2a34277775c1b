import { randomInt } from 'node:crypto'
import type Provider from 'oidc-provider'
import type { errors, KoaContextWithOIDC } from 'oidc-provider'
import { declaresCp1, rememberToken } from '../access-tokens.ts'
import { personBy } from '../directory/people.ts'
import { paths } from '../metadata.ts'
import { parsed } from '../parsed.ts'
import { offlineScope } from '../scopes.ts'
import { refusalOf } from '../sign-in/admission.ts'
import { appAt } from '../sign-in/app.ts'
import { clientInfoOf } from '../sign-in/authorize-response.ts'
import { contextAsked, satisfies, tokenContextAsked, tokenContextKept, wantsFreshSignIn } from '../sign-in/contexts.ts'
import type { TenantState } from '../state.ts'
import { refusalFor, replyHeaders, tokenErrorReply } from './errors.ts'
import { appScopeRefusal, grantedScopes, scopeRefusal } from './granted.ts'
import { issueIdToken, type SignIn } from './id-token.ts'
import { type TokenRefusal, tokenRefusal } from './refusals.ts'

/** Rewrites what oidc-provider answers at the token endpoint: another reply shape, another ID token, other errors. */
export function dressToken(state: TenantState, provider: Provider) {
  const faults = new WeakMap<object, errors.OIDCProviderError>()
  provider.on('grant.error', (ctx, fault) => faults.set(ctx, fault))

  return async (ctx: KoaContextWithOIDC, next: () => Promise<void>): Promise<void> => {
    await next()
    if (ctx.path !== paths.token || ctx.method !== 'POST') return
    for (const name of foreignHeaders) ctx.remove(name)
    const fault = faults.get(ctx)
    const refusal = fault ? refusalFor(fault) : refusedNow(state, ctx)
    if (refusal) return refuse(state, ctx, refusal)
    ctx.set(replyHeaders())
    ctx.body = isForApp(ctx) ? appReply(state, ctx) : await personReply(state, ctx)
  }
}

const foreignHeaders = ['Access-Control-Allow-Origin', 'Access-Control-Expose-Headers', 'Vary', 'WWW-Authenticate']

function refuse(state: TenantState, ctx: KoaContextWithOIDC, refusal: TokenRefusal): void {
  const { status, headers, body } = tokenErrorReply(state, refusal)
  ctx.status = status
  ctx.set(headers)
  ctx.body = JSON.stringify(body)
}

// A refresh is a sign-in without the person, so everything that can have changed since is checked again.
function refusedNow(state: TenantState, ctx: KoaContextWithOIDC): TokenRefusal | undefined {
  if (isForApp(ctx)) return appScopeRefusal(ctx)
  const unfit = scopeRefusal(state, ctx, signInOf(ctx))
  if (unfit || ctx.oidc.entities.AuthorizationCode) return unfit
  const { appId, person, context, tokenContext, methods } = signInOf(ctx)
  if (state.switches.revoked.includes(person.key)) return tokenRefusal(50173)
  const code = refusalOf(state, person, appId)
  if (code) return tokenRefusal(code)
  const isUnmet = [context, tokenContext].some(
    each => each && (!satisfies(state, each, { person, methods }) || wantsFreshSignIn(state, each, person)),
  )
  return isUnmet ? tokenRefusal(50076) : undefined
}

const clientOf = ({ oidc }: KoaContextWithOIDC): string => oidc.client?.clientId ?? ''

const isForApp = (ctx: KoaContextWithOIDC): boolean => ctx.oidc.entities.ClientCredentials !== undefined

function appReply(state: TenantState, ctx: KoaContextWithOIDC): Record<string, unknown> {
  const { access_token } = ctx.body as { access_token: string }
  const seconds = state.switches.accessTokenSeconds ?? 3599
  const client = clientOf(ctx)
  const permissions = new Set(appAt(state, client).permissions)
  const nobody = { person: undefined, contexts: new Set<string>(), methods: [] }
  rememberToken(state, access_token, { ...nobody, client, permissions, seconds, takesChallenges: saysCp1(ctx) })
  return { token_type: 'Bearer', expires_in: seconds, ext_expires_in: seconds, access_token }
}

async function personReply(state: TenantState, ctx: KoaContextWithOIDC): Promise<Record<string, unknown>> {
  const issued = ctx.body as { access_token: string; refresh_token?: string }
  const signIn = signInOf(ctx)
  const { accessTokenSeconds, refreshReplyWithout, refreshedAs } = state.switches
  const seconds = accessTokenSeconds ?? randomInt(3600, 5400)
  const scopes = grantedScopes(state, ctx, signIn)
  const person = signIn.person.key
  rememberToken(state, issued.access_token, {
    person,
    client: signIn.appId,
    permissions: new Set(scopes),
    contexts: new Set([signIn.tokenContext ?? []].flat()),
    methods: signIn.methods,
    seconds,
    takesChallenges: saysCp1(ctx),
  })
  const about = signIn.refreshed && refreshedAs ? { ...signIn, person: personBy(refreshedAs) } : signIn
  const reply = {
    token_type: 'Bearer',
    scope: scopes.join(' '),
    expires_in: seconds,
    ext_expires_in: seconds,
    access_token: issued.access_token,
    ...(signIn.scopes.has(offlineScope) && { refresh_token: issued.refresh_token }),
    ...(scopes.includes('openid') && { id_token: await issueIdToken(state, about) }),
    ...(ctx.oidc.body?.client_info === '1' && { client_info: clientInfoOf(signIn.person.key) }),
  }
  const left = signIn.refreshed ? refreshReplyWithout : []
  return Object.fromEntries(Object.entries(reply).filter(([name]) => !left.some(each => each === name)))
}

// A met context is not carried over: a refreshed token names it only when the app asks for it again.
function signInOf(ctx: KoaContextWithOIDC): SignIn {
  const { AuthorizationCode: code, RefreshToken: refreshToken } = ctx.oidc.entities
  const source = code ?? refreshToken
  if (!source?.accountId) throw new Error('a token was issued to nobody')
  return {
    appId: clientOf(ctx),
    person: personBy(source.accountId),
    scopes: new Set(source.scope?.split(' ')),
    nonce: source.nonce,
    authTime: source.authTime,
    methods: source.amr ?? [],
    sessionUid: source.sessionUid ?? '',
    context: code ? contextAsked(source.claims) : contextAsked(parsed(claimsAsked(ctx))),
    tokenContext: code ? tokenContextKept(source.claims) : tokenContextAsked(parsed(claimsAsked(ctx))),
    refreshed: !code,
  }
}

// The app declares the capability in this call, or when it asked for the code.
function saysCp1(ctx: KoaContextWithOIDC): boolean {
  const { id_token: kept = {} } = (ctx.oidc.entities.AuthorizationCode?.claims ?? {}) as { id_token?: object }
  return declaresCp1(claimsAsked(ctx)) || 'cp1' in kept
}

function claimsAsked({ oidc }: KoaContextWithOIDC): string | undefined {
  return typeof oidc.body?.claims === 'string' ? oidc.body.claims : undefined
}
