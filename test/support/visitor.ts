import { parse } from 'cookie'
import request, { type Response } from 'supertest'

export type Answer = Response
/** A form by its names, or as it is sent (url-encoded) where a name comes more than once. */
type Form = Record<string, string | string[]> | string
type Sent = { headers?: Record<string, string>; form?: Form }

const html = 'text/html,application/xhtml+xml;q=0.9,*/*;q=0.8'

/** A person with a browser: cookies by host, navigation headers as Chromium sends them, redirects followed when asked. */
export function createVisitor({
  key,
  baseUrl,
  userAgent = 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36',
}: {
  key: string
  baseUrl: string
  userAgent?: string
}) {
  const jars = new Map<string, Map<string, string>>()
  const jarOf = (host: string) => jars.get(host) ?? (jars.set(host, new Map()).get(host) as Map<string, string>)

  async function send(
    method: 'get' | 'post' | 'head',
    target: string,
    { headers = {}, form }: Sent = {},
  ): Promise<Answer> {
    const url = new URL(target, baseUrl)
    const jar = jarOf(url.hostname)
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ')
    const asked = request(url.origin)
      [method](url.pathname + url.search)
      .redirects(0)
      .set({ 'User-Agent': userAgent, ...(cookie && { Cookie: cookie }), ...headers })
    const answer = await (form === undefined ? asked : asked.type('form').send(form))
    keep(jar, answer)
    return answer
  }

  const navigate = { Accept: html, 'Sec-Fetch-Mode': 'navigate', 'Sec-Fetch-Dest': 'document' }
  const get = (path: string, sent: Sent = {}) =>
    send('get', path, { ...sent, headers: { ...navigate, ...sent.headers } })
  const post = (path: string, form: Form = {}, headers: Record<string, string> = {}) =>
    send('post', path, {
      form,
      headers: { ...navigate, Origin: new URL(path, baseUrl).origin, 'Sec-Fetch-Site': 'same-origin', ...headers },
    })

  /** Follows redirects, and pages that go on at once, like a browser, to the first answer that is neither. Fails after twenty: that is a loop. */
  async function follow(path: string): Promise<Answer & { at: string }> {
    let at = new URL(path, baseUrl).href
    for (let hops = 0; hops < 20; hops++) {
      const answer = await get(at)
      const next = wayOn(answer)
      if (next === undefined) return Object.assign(answer, { at })
      at = new URL(next, at).href
    }
    throw new Error(`a loop of redirects, now at ${at}`)
  }

  /** Goes to a page and, where the tenant asks who one is, answers. Ends where a browser would. */
  async function signIn(
    path = '/',
    { as = key, method = 'password' }: { as?: string; method?: 'password' | 'passkey' } = {},
  ) {
    const asked = await follow(path)
    if (!/\/sign-in\/[^/]+$/.test(new URL(asked.at).pathname)) return asked
    return answer(asked, { person: as, method })
  }

  /** Answers a page of the tenant and goes on, like a browser: its step-up page takes `method: 'passkey'` or `cancel: '1'`. */
  async function answer(asked: { at: string }, form: Record<string, string>) {
    const chosen = await post(asked.at, form)
    return chosen.headers.location
      ? follow(new URL(chosen.headers.location, asked.at).href)
      : Object.assign(chosen, { at: asked.at })
  }

  return {
    key,
    get,
    post,
    follow,
    signIn,
    answer,
    /** A script's request: not a navigation, JSON preferred. */
    fetch: (path: string, headers: Record<string, string> = {}) =>
      send('get', path, {
        headers: { Accept: 'application/json', 'Sec-Fetch-Mode': 'cors', 'Sec-Fetch-Site': 'same-origin', ...headers },
      }),
    send,
    /** This browser's cookies for the application, by name. */
    cookies: () => jarOf(new URL(baseUrl).hostname),
    cookieHeader: () => [...jarOf(new URL(baseUrl).hostname)].map(([name, value]) => `${name}=${value}`).join('; '),
  }
}
export type Visitor = ReturnType<typeof createVisitor>

/** Where a browser goes on to by itself: by a redirect, or from a page that goes on at once. */
export function wayOn({ status, headers, text }: Pick<Response, 'status' | 'headers' | 'text'>): string | undefined {
  if (headers.location && status >= 300 && status <= 399) return headers.location
  const [, url] = /<meta http-equiv="refresh" content="0; url=([^"]*)">/.exec(text ?? '') ?? []
  return url?.replaceAll('&#39;', "'").replaceAll('&amp;', '&')
}

/** Signs in, and says what came instead where nobody was: a test that goes on without would fail far from the cause. */
export async function signedIn(visitor: Visitor): Promise<Visitor> {
  const { status, text } = await visitor.signIn()
  if ([...visitor.cookies().keys()].some(name => /^(__Host-)?gatehouse$/.test(name))) return visitor
  throw new Error(`${visitor.key} could not sign in: ${status} ${text}`)
}

function keep(jar: Map<string, string>, { headers }: Response) {
  for (const line of ([] as string[]).concat(headers['set-cookie'] ?? [])) {
    const [pair = ''] = line.split(';')
    const [name = '', value = ''] = Object.entries(parse(pair, { decode: text => text }))[0] ?? []
    const isGone = /;\s*(expires=Thu, 01 Jan 1970|max-age=0)/i.test(line)
    if (isGone) jar.delete(name)
    else jar.set(name, value ?? '')
  }
}
