import type { House } from './house.ts'
import { isOfTrail } from './redis/of-trail.ts'
import type { Answer, Visitor } from './visitor.ts'

/** The address to which the browser is sent to sign in. */
export async function wayOut(visitor: Visitor, path = '/auth/sign-in'): Promise<URL> {
  return new URL((await visitor.get(path)).headers.location ?? '')
}

/** Signs in at Entra and stops short of coming back: the callback's address with what Entra says, not yet visited. */
export async function wayBack(house: Pick<House, 'baseUrl'>, visitor: Visitor, out?: URL): Promise<URL> {
  let at = out ?? (await wayOut(visitor))
  for (let hops = 0; hops < 10; hops++) {
    const page = await visitor.get(at.href)
    const answer = page.headers.location
      ? page
      : await visitor.post(at.href, { person: visitor.key, method: 'password' })
    if (!answer.headers.location) throw new Error(`Entra stays at ${at.pathname} with ${answer.status}`)
    at = new URL(answer.headers.location, at)
    if (at.href.startsWith(`${house.baseUrl}/auth/callback`)) return at
  }
  throw new Error(`Entra does not send ${visitor.key} back`)
}

/** Signs in all the way to the callback, and gives its answer without following it. */
export const callback = async (house: House, visitor: Visitor): Promise<Answer> =>
  visitor.get((await wayBack(house, visitor)).href)

/** The sorted keys of this house in Redis, without the counts of the rate limit, which expire within a minute, and the trail. */
export const keysIn = async ({ redis, prefix }: House): Promise<string[]> =>
  (await redis.keys(`${prefix}*`)).filter(key => !key.startsWith(`${prefix}count:`) && !isOfTrail([key])).sort()

/** Whether this browser is signed in: a script of nobody gets 401. */
export const isSignedIn = async (visitor: Visitor): Promise<boolean> => (await visitor.fetch('/nowhere')).status !== 401

/** The id of the session that this browser's cookie names. */
export const sessionIdOf = (visitor: Visitor): string =>
  decodeURIComponent(visitor.cookies().get('gatehouse') ?? '')
    .replace(/^s:/, '')
    .split('.')[0] ?? ''
