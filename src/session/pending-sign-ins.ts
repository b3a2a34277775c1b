import { parse } from 'cookie'
import type { Request, Response } from 'express'
import { type Clock, clockToleranceMs } from '../clock.ts'
import type { OurCookies } from './cookies.ts'
import { fingerprint, type Seal } from './sealing/seal.ts'
import { type Pending, pendingFrom, textOfPending } from './sign-in-record.ts'

const lifeMs = 10 * 60_000
const mostPending = 5
/** Node takes 16 kB of headers, many proxies 8: the cookies of five sign-ins and of the session stay below that. */
const mostCandidates = 20

/** The sign-ins that a browser has on their way, one sealed cookie each. They cost nothing here until they succeed. */
export function createPendingSignIns({
  app,
  cookies,
  clock,
  seal,
}: {
  app: string
  cookies: OurCookies
  clock: Clock
  seal: Seal
}) {
  const { attributes } = cookies
  const namePrefix = cookies.named('gatehouse-sign-in-')
  const cookieOf = (state: string) => `${namePrefix}${fingerprint(state)}`
  const candidatesIn = (request: Request) =>
    Object.entries(parse(request.headers.cookie ?? ''))
      .filter(([name]) => name.startsWith(namePrefix))
      .slice(0, mostCandidates)

  /**
   * The sign-in in a cookie. 'not-here': it counts for nothing here, but another replica, release or application may know
   * it. Undefined: none of them made it.
   */
  function signInIn(name: string, value: string | undefined): Pending | 'not-here' | undefined {
    const opened = seal.open(value ?? '', name)
    if (typeof opened !== 'object') return opened === 'broken' ? undefined : 'not-here'
    const pending = pendingFrom(opened.text)
    if (!pending || (pending.app ?? app) !== app) return 'not-here'
    const age = clock().getTime() - pending.startedAt
    return age >= -clockToleranceMs && age < lifeMs ? pending : 'not-here'
  }

  return {
    /**
     * Remembers a sign-in that begins. At most four others stay in this browser: cookies that none of us made go first,
     * then the oldest. A sign-in that begins ahead of time takes no other's place.
     */
    begin(
      request: Request,
      response: Response,
      { attempt, returnTo, purpose, retries, notice, isAhead = false }: Omit<Pending, 'startedAt' | 'app'>,
    ): void {
      const others = candidatesIn(request)
        .map(([name, value]) => ({ name, found: signInIn(name, value) }))
        .sort((one, other) => startOf(other.found) - startOf(one.found))
      if (isAhead && others.filter(({ found }) => found).length >= mostPending) return
      const surplus = others.filter(({ found }, index) => !found || index >= mostPending - 1)
      for (const { name } of surplus) response.clearCookie(name, attributes)
      const name = cookieOf(attempt.state)
      const startedAt = clock().getTime()
      const pending = { app, attempt, returnTo, purpose, retries, notice, startedAt, isAhead }
      response.cookie(name, seal.close(textOfPending(pending), name), { ...attributes, maxAge: lifeMs })
    },

    /** The sign-in that this browser began with this state, if it is not older than ten minutes. */
    find(request: Request, state: string): Pending | undefined {
      const name = cookieOf(state)
      const pending = signInIn(name, parse(request.headers.cookie ?? '')[name])
      return pending !== 'not-here' && pending?.attempt.state === state ? pending : undefined
    },

    /** Whether this browser began a sign-in with this state, however long ago. */
    wasBegun: (request: Request, state: string): boolean =>
      parse(request.headers.cookie ?? '')[cookieOf(state)] !== undefined,

    /** Removes the sign-in with this state from the browser. */
    forget(response: Response, state: string): void {
      response.clearCookie(cookieOf(state), attributes)
    },

    /**
     * Removes all sign-ins that would begin a session: a person who signs out of this browser means these, too. A check on
     * its way stays. It counts for no other session, and its page says that it came too late.
     */
    forgetAll(request: Request, response: Response): void {
      for (const [name, value] of candidatesIn(request)) {
        const found = signInIn(name, value)
        const isCheck = typeof found === 'object' && found.purpose.kind !== 'sign-in'
        if (!isCheck) response.clearCookie(name, attributes)
      }
    },
  }
}

/** In epoch ms. 0 for a cookie that is nothing here, and for a sign-in that nobody asked for: where there are too many, these go first. */
const startOf = (found: Pending | 'not-here' | undefined): number =>
  typeof found === 'object' && !found.isAhead ? found.startedAt : 0
