import { randomInt } from 'node:crypto'
import type Provider from 'oidc-provider'
import type { errors, KoaContextWithOIDC } from 'oidc-provider'
import { refusalOf } from './admission.ts'
import { parsed } from './authorize-request.ts'
import { clientInfoOf } from './authorize-response.ts'
import { contextAsked, satisfies } from './contexts.ts'
import { issueIdToken, type SignIn } from './id-token.ts'
import { paths } from './metadata.ts'
import { personBy } from './people.ts'
import { offlineScope } from './scopes.ts'
import type { TenantState } from './state.ts'
import { refusalFor, replyHeaders, type TokenRefusal, tokenErrorReply, tokenRefusal } from './token-errors.ts'

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
    ctx.body = await tokenReply(state, ctx)
  }
}

const foreignHeaders = ['Access-Control-Allow-Origin', 'Access-Control-Expose-Headers', 'Vary', 'WWW-Authenticate']

function refuse(state: TenantState, ctx: KoaContextWithOIDC, refusal: TokenRefusal): void {
  const { status, headers, body } = tokenErrorReply(state, refusal)
  ctx.status = status
  ctx.set(headers)
  ctx.body = JSON.stringify(body)
}

// A refresh is a sign-in without the person: everything that can have changed since is looked at again.
function refusedNow(state: TenantState, ctx: KoaContextWithOIDC): TokenRefusal | undefined {
  if (ctx.oidc.entities.AuthorizationCode) return undefined
  const { person, context, methods } = signInOf(ctx)
  if (state.switches.revoked.includes(person.key)) return tokenRefusal(50173)
  const code = refusalOf(state, person)
  if (code) return tokenRefusal(code)
  return context && !satisfies(state, context, methods) ? tokenRefusal(50076) : undefined
}

async function tokenReply(state: TenantState, ctx: KoaContextWithOIDC): Promise<Record<string, unknown>> {
  const issued = ctx.body as { access_token: string; refresh_token?: string }
  const signIn = signInOf(ctx)
  const seconds = state.switches.accessTokenSeconds ?? randomInt(3600, 5400)
  return {
    token_type: 'Bearer',
    scope: [...signIn.scopes, ...state.switches.extraScopes].filter(scope => scope !== offlineScope).join(' '),
    expires_in: seconds,
    ext_expires_in: seconds,
    access_token: issued.access_token,
    ...(signIn.scopes.has(offlineScope) && { refresh_token: issued.refresh_token }),
    ...(signIn.scopes.has('openid') && { id_token: await issueIdToken(state, signIn) }),
    ...(ctx.oidc.body?.client_info === '1' && { client_info: clientInfoOf(signIn.person.key) }),
  }
}

function signInOf(ctx: KoaContextWithOIDC): SignIn {
  const { AuthorizationCode: code, RefreshToken: refreshToken } = ctx.oidc.entities
  const source = code ?? refreshToken
  if (!source?.accountId) throw new Error('a token was issued to nobody')
  return {
    person: personBy(source.accountId),
    scopes: new Set(source.scope?.split(' ')),
    nonce: source.nonce,
    authTime: source.authTime,
    methods: source.amr ?? [],
    sessionUid: source.sessionUid ?? '',
    context: code ? contextAsked(source.claims) : contextAskedAgain(ctx),
  }
}

// A context proven once is not carried over: a refreshed token has it only when it is asked for again.
function contextAskedAgain(ctx: KoaContextWithOIDC): string | undefined {
  const { claims } = ctx.oidc.body ?? {}
  return typeof claims === 'string' ? contextAsked(parsed(claims)) : undefined
}
