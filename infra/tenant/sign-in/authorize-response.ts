import type { KoaContextWithOIDC } from 'oidc-provider'
import { describe, stamp } from '../aadsts.ts'
import { sidOf } from '../directory/ids.ts'
import { personBy } from '../directory/people.ts'
import { renderPage } from '../page.ts'
import type { TenantState } from '../state.ts'

export const responseModes = ['query', 'form_post', 'fragment'] as const
type ResponseMode = (typeof responseModes)[number]
type Payload = Record<string, unknown>

/** Sends the outcome of an authorization request to the app, with Entra's members in Entra's form. */
export function answerApp(state: TenantState, mode: ResponseMode) {
  return async (ctx: KoaContextWithOIDC, redirectUri: string, payload: Payload): Promise<void> => {
    const members = 'error' in payload ? refusal(state, ctx, payload) : success(ctx, payload)
    if (mode === 'form_post') {
      ctx.status = 200
      ctx.type = 'html'
      ctx.body = await renderPage('form-post', { title: 'Signing in', action: redirectUri, members })
      return
    }
    ctx.status = 302
    ctx.redirect(addressWith(redirectUri, mode, members))
  }
}

// No `iss`: Entra does not send it, so the one oidc-provider adds is left out here.
function success(ctx: KoaContextWithOIDC, { code, state }: Payload): Record<string, string> {
  const { session, params } = ctx.oidc
  const clientInfo = params?.client_info === '1' && session?.accountId ? clientInfoOf(session.accountId) : undefined
  return present({ code, client_info: clientInfo, state, session_state: sidOf(session?.uid ?? '') })
}

function refusal(
  state: TenantState,
  ctx: KoaContextWithOIDC,
  { error, error_description, state: echo }: Payload,
): Record<string, string> {
  if (error_description === 'cancel') return present({ error, error_subcode: 'cancel', state: echo })
  const code = codeOf(String(error), String(error_description))
  const correlation = ctx.oidc.params?.['client-request-id']
  const stamped = stamp(state, code, typeof correlation === 'string' ? correlation : undefined)
  const description = describe(code, state.switches.errorSeparator, stamped)
  return present({ error, error_description: description, error_uri: stamped.error_uri, state: echo })
}

const usualCodes: Record<string, number> = {
  invalid_request: 900144,
  invalid_scope: 70011,
  unsupported_response_type: 70005,
  server_error: 90033,
}

function codeOf(error: string, description: string): number {
  return Number(/^AADSTS(\d+)$/.exec(description)?.[1] ?? usualCodes[error] ?? 9002313)
}

// The empty fragment keeps a browser from carrying the fragment of an earlier page to the app.
function addressWith(redirectUri: string, mode: 'query' | 'fragment', members: Record<string, string>): string {
  const url = new URL(redirectUri)
  if (mode === 'fragment') return `${url.href}#${new URLSearchParams(members)}`
  for (const [name, value] of Object.entries(members)) url.searchParams.append(name, value)
  return `${url.href}#`
}

export function clientInfoOf(key: string): string {
  const { oid, homeTenantId } = personBy(key)
  return Buffer.from(JSON.stringify({ uid: oid, utid: homeTenantId })).toString('base64url')
}

function present(members: Payload): Record<string, string> {
  return Object.fromEntries(
    Object.entries(members).flatMap(([name, value]) => (typeof value === 'string' ? [[name, value]] : [])),
  )
}
