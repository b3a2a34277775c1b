import { createHash } from 'node:crypto'
import type { Tenant } from '../../../infra/tenant/start.ts'

export const callback = 'http://localhost:4567/auth/callback'
export const verifier = 'a-code-verifier-that-is-long-enough-for-the-rules-of-pkce'
const challenge = createHash('sha256').update(verifier).digest('base64url')

export type Answer = { status: number; headers: Headers; text: string; url: string; location: string | undefined }
export type Query = Record<string, string | undefined>
type Choice = { person?: string; method?: 'password' | 'code' | 'passkey'; cancel?: '1' }

/** A browser without script: keeps the tenant's cookies and follows redirects while they stay at the tenant. */
export function openBrowser(tenant: Tenant) {
  const cookies = new Map<string, string>()
  return { authorize, signIn, choose, visit, signOut }

  /** From the app's redirect to the first page, or to the redirect back to the app. */
  function authorize(query: Query = {}): Promise<Answer> {
    return visit(`${tenant.origin}/${tenant.tenantId}/oauth2/v2.0/authorize?${authorizeQuery(tenant, query)}`)
  }

  async function signIn(person: string, query: Query = {}): Promise<Answer> {
    return choose(await authorize(query), { person, method: 'password' })
  }

  function choose(page: Answer, choice: Choice): Promise<Answer> {
    return visit(page.url, new URLSearchParams(choice))
  }

  function signOut(query: Record<string, string> = {}, form?: Record<string, string>): Promise<Answer> {
    const url = `${tenant.origin}/${tenant.tenantId}/oauth2/v2.0/logout?${new URLSearchParams(query)}`
    return visit(url, form && new URLSearchParams(form))
  }

  async function visit(url: string, form?: URLSearchParams): Promise<Answer> {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const init: RequestInit = form ? { method: 'POST', body: form } : {}
    const response = await fetch(url, { ...init, redirect: 'manual', headers: { cookie } })
    for (const line of response.headers.getSetCookie()) keep(line)
    const target = response.headers.get('location')
    const location = target === null ? undefined : new URL(target, url).href
    const text = await response.text()
    if (location?.startsWith(tenant.origin)) return visit(location)
    return { status: response.status, headers: response.headers, text, url, location }
  }

  function keep(line: string): void {
    const [name = '', value = ''] = (line.split(';')[0] ?? '').split('=')
    if (value === '' || line.includes('1970')) cookies.delete(name)
    else cookies.set(name, value)
  }
}

function authorizeQuery(tenant: Tenant, query: Query): URLSearchParams {
  const all: Query = {
    client_id: tenant.clientId,
    response_type: 'code',
    redirect_uri: callback,
    scope: 'openid profile offline_access User.Read',
    state: 'the-state',
    nonce: 'the-nonce',
    code_challenge: challenge,
    code_challenge_method: 'S256',
    ...query,
  }
  return formOf(all)
}

function formOf(members: Query): URLSearchParams {
  const form = new URLSearchParams()
  for (const [name, value] of Object.entries(members)) if (value !== undefined) form.set(name, value)
  return form
}

/** The parameters with which the browser came back to the app. */
export function membersOf({ location }: Answer): Record<string, string> {
  if (!location) throw new Error('the browser was not sent back to the app')
  return Object.fromEntries(new URL(location).searchParams)
}

// biome-ignore lint/suspicious/noExplicitAny: a reply is read the way a client under test would find it
export type Reply = { status: number; headers: Headers; body: any }

/** A call to the token endpoint, with the client's secret in the body unless the form says otherwise. */
export async function callToken(tenant: Tenant, form: Query, headers: Record<string, string> = {}): Promise<Reply> {
  const all: Query = { client_id: tenant.clientId, client_secret: tenant.clientSecret, ...form }
  const body = formOf(all)
  const response = await fetch(`${tenant.origin}/${tenant.tenantId}/oauth2/v2.0/token`, {
    method: 'POST',
    body,
    headers,
  })
  return { status: response.status, headers: response.headers, body: await response.json() }
}

export function redeem(tenant: Tenant, arrival: Answer, form: Query = {}): Promise<Reply> {
  const { code } = membersOf(arrival)
  return callToken(tenant, {
    grant_type: 'authorization_code',
    code,
    redirect_uri: callback,
    code_verifier: verifier,
    ...form,
  })
}

export function refresh(tenant: Tenant, { body }: Reply, form: Query = {}): Promise<Reply> {
  return callToken(tenant, { grant_type: 'refresh_token', refresh_token: body.refresh_token, ...form })
}

/** Signs in with a browser of one's own and redeems the code. */
export async function tokensOf(tenant: Tenant, person: string, query: Query = {}): Promise<Reply> {
  return redeem(tenant, await openBrowser(tenant).signIn(person, query))
}

// biome-ignore lint/suspicious/noExplicitAny: claims are read unverified, as they come
export function claimsIn({ body }: Reply): any {
  return decoded(body.id_token, 1)
}

// biome-ignore lint/suspicious/noExplicitAny: as above
export function headerIn({ body }: Reply): any {
  return decoded(body.id_token, 0)
}

// biome-ignore lint/suspicious/noExplicitAny: as above
function decoded(token: string, part: number): any {
  return JSON.parse(Buffer.from(token.split('.')[part] ?? '', 'base64url').toString())
}

/** A clock in hand; `back` puts it where it stood at first. */
export function clockAt(iso: string) {
  let now = new Date(iso)
  const clock = () => now
  const forward = ({ minutes = 0, seconds = 0 }) => {
    now = new Date(now.getTime() + minutes * 60_000 + seconds * 1000)
  }
  const back = () => {
    now = new Date(iso)
  }
  return { clock, forward, back }
}
