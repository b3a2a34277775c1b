import type { Answer, Client, Sent } from './client.ts'

/** A person who is signed in, as the application sees them. */
export type Visitor = { person: string; cookie: string; headers: Record<string, string> }

const navigation = { Accept: 'text/html,*/*;q=0.8', 'Sec-Fetch-Mode': 'navigate', 'Sec-Fetch-Site': 'none' }

/** Signs in through the tenant and back as a browser does, without loading pages that only people need. */
export async function signIn(client: Client, person: string, address: string): Promise<Visitor> {
  const headers = { ...navigation, 'User-Agent': 'drill' }
  const ours = new Map<string, string>()
  const tenants = new Map<string, string>()
  const at = async (jar: Map<string, string>, send: (sent: Sent) => Promise<Answer>, sent: Sent = {}) => {
    const answer = await send({
      ...sent,
      from: address,
      headers: { ...headers, ...sent.headers, Cookie: cookieOf(jar) },
    })
    for (const line of answer.cookies) keep(jar, line)
    if (!answer.location) throw new Error(`signing in as ${person} stopped at ${answer.failure ?? answer.status}`)
    return answer.location
  }

  const authorize = await at(ours, sent => client.ask('/auth/sign-in?returnTo=/', sent))
  const page = new URL(await at(tenants, sent => client.go(authorize, sent)), authorize).href
  const chosen = await at(tenants, sent => client.go(page, sent), {
    method: 'POST',
    headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
    body: `person=${person}&method=password`,
  })
  const resumed = new URL(chosen, page).href
  const { pathname, search } = new URL(await at(tenants, sent => client.go(resumed, sent)), resumed)
  await at(ours, sent => client.ask(pathname + search, sent))
  return { person, cookie: cookieOf(ours), headers: { ...headers, Cookie: cookieOf(ours) } }
}

const cookieOf = (jar: Map<string, string>) => [...jar].map(([name, value]) => `${name}=${value}`).join('; ')

function keep(jar: Map<string, string>, line: string): void {
  const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? []
  if (/expires=Thu, 01 Jan 1970|max-age=0/i.test(line)) jar.delete(name)
  else jar.set(name, value)
}
