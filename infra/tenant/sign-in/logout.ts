import type { RequestHandler, Response } from 'express'
import type Provider from 'oidc-provider'
import { sidOf, tenantId } from '../directory/ids.ts'
import { loginHintOf, type Person, personBy } from '../directory/people.ts'
import { sendPage } from '../page.ts'
import type { TenantState } from '../state.ts'
import { isRegistered } from './redirect-uris.ts'

/*
 * Sign-out, as a test that plays a browser sees it.
 *
 * GET or POST with `post_logout_redirect_uri`, `logout_hint` and `state`. Without a hint that names the person who is
 * signed in, a page asks whom to sign out: its form posts `account=<key>` to this same address, with the parameters
 * as hidden fields. After that either a redirect (302), or a page with one hidden iframe for each app of the session
 * and a `<meta http-equiv="refresh">` and link to where the person goes next; nothing of it needs script.
 */
export function logoutEndpoint(state: TenantState, provider: Provider): RequestHandler {
  return async (request, response) => {
    const asked = wishFrom({ ...request.query, ...request.body })
    const session = await provider.Session.get(provider.createContext(request, response) as never)
    const person = session.accountId ? personBy(session.accountId) : undefined
    if (person && !names(asked, person)) return askWhom(response, asked, person)
    const apps = Object.keys(session.authorizations ?? {})
    if (person) await session.destroy()
    await goOn(state, response, { asked, apps, sessionUid: person && session.uid })
  }
}

type LogoutWish = {
  destination: string | undefined
  hint: string | undefined
  account: string | undefined
  state: string | undefined
}

function wishFrom(parameters: Record<string, unknown>): LogoutWish {
  const text = (name: string) => (typeof parameters[name] === 'string' ? parameters[name] : undefined)
  return {
    destination: text('post_logout_redirect_uri'),
    hint: text('logout_hint'),
    account: text('account'),
    state: text('state'),
  }
}

// Only the opaque claim counts: Entra takes neither usernames nor phone numbers here.
function names({ hint, account }: LogoutWish, person: Person): boolean {
  return account === person.key || hint === loginHintOf(person)
}

function askWhom(response: Response, { destination, state }: LogoutWish, person: Person): Promise<void> {
  return sendPage(response, 'sign-out', {
    title: 'Which account do you want to sign out of?',
    person,
    destination,
    state,
  })
}

async function goOn(
  state: TenantState,
  response: Response,
  { asked, apps, sessionUid }: { asked: LogoutWish; apps: readonly string[]; sessionUid: string | undefined },
): Promise<void> {
  const next = nextAddress(state, asked)
  const iframes = sessionUid ? apps.flatMap(app => frontChannelCall(state, app, sidOf(sessionUid))) : []
  response.clearCookie('tenant_session', { path: '/' })
  if (next && iframes.length === 0) return response.redirect(302, next)
  await sendPage(response, 'signed-out', { title: 'You signed out', next, iframes, ...(next && { refresh: next }) })
}

// The request names no app, so the address may be of any.
function nextAddress({ applications }: TenantState, { destination, state }: LogoutWish): string | undefined {
  const registered = applications.applications.all().flatMap(({ web }) => web.redirectUris)
  if (!isRegistered(destination, registered)) return undefined
  const url = new URL(destination)
  if (state !== undefined) url.searchParams.set('state', state)
  return url.href
}

function frontChannelCall({ origin, applications, switches }: TenantState, appId: string, sid: string): string[] {
  const address = applications.registered(appId)?.web.logoutUrl
  if (!address || switches.frontChannel === 'none') return []
  const url = new URL(address)
  if (switches.frontChannel === 'sid+iss') url.searchParams.set('iss', `${origin}/${tenantId}/v2.0`)
  url.searchParams.set('sid', sid)
  return [url.href]
}
