import { parse } from 'cookie'
import type { Request, Response } from 'express'
import { z } from 'zod'
import { type Clock, clockToleranceMs } from '../clock.ts'
import type { Config } from '../config/load.ts'
import { ask } from './redis/asking.ts'
import type { Redis } from './redis/redis.ts'
import { scopeOf } from './scope.ts'
import { fingerprint, type Seal } from './sealing/seal.ts'

const pendingShape = z.object({
  /** The mark of the application that began it; absent where an earlier release did. */
  app: z.string().optional(),
  attempt: z.object({ state: z.string(), nonce: z.string(), verifier: z.string() }),
  returnTo: z.string(),
  /** Begun to meet an authentication context, by the person of this fingerprint. */
  stepUp: z.object({ context: z.string(), person: z.string() }).optional(),
  /** Begun to turn on access: the wish of this id, of the person of this fingerprint, waits for it. */
  activation: z.object({ id: z.string(), person: z.string() }).optional(),
  /** How many sign-ins in a row were begun without anyone asking. */
  retries: z.int(),
  startedAt: z.int(),
  /** Begun for a page that a browser asked for ahead of time. */
  isAhead: z.boolean().optional(),
})
/** A sign-in on its way: begun here, not yet back from Entra. */
export type Pending = z.infer<typeof pendingShape>

const lifeMs = 10 * 60_000
const mostPending = 5
/** Node takes 16 kB of headers, many proxies 8: five of these and the session's cookie stay below. */
const mostCandidates = 20

/**
 * Pending sign-ins live in the browser, one sealed cookie each: they cost nothing here until they succeed, and work on
 * every replica. A finished one is remembered in Redis, so that it cannot be used again and reloading it is harmless.
 */
export function createSignIns({
  config,
  clock,
  redis,
  seal,
}: {
  config: Pick<Config, 'baseUrl' | 'session' | 'redis' | 'entra' | 'access'>
  clock: Clock
  redis: Redis
  seal: Seal
}) {
  const { app } = scopeOf(config)
  const isSecure = config.baseUrl.startsWith('https:')
  const attributes = { httpOnly: true, secure: isSecure, sameSite: 'lax', path: '/' } as const
  const namePrefix = `${isSecure ? '__Host-' : ''}gatehouse-sign-in-`
  const nameOf = (state: string) => `${namePrefix}${fingerprint(state)}`
  const finishedKey = (state: string) => `${config.redis.prefix}signed-in:${fingerprint(`${app}\n${state}`)}`
  const cookiesOf = (request: Request) =>
    Object.entries(parse(request.headers.cookie ?? ''))
      .filter(([name]) => name.startsWith(namePrefix))
      .slice(0, mostCandidates)

  /** 'not-here': nothing here, but another replica, release or application may know it. Undefined: nobody made it. */
  function open(name: string, value: string | undefined): Pending | 'not-here' | undefined {
    const opened = seal.open(value ?? '', name)
    if (typeof opened !== 'object') return opened === 'broken' ? undefined : 'not-here'
    const { data: pending } = pendingShape.safeParse(JSON.parse(opened.text))
    if (!pending || (pending.app ?? app) !== app) return 'not-here'
    const age = clock().getTime() - pending.startedAt
    return age >= -clockToleranceMs && age < lifeMs ? pending : 'not-here'
  }

  /** In epoch ms; 0 for what is nothing here, and what nobody asked for, so that it is the first to go where there are too many. */
  const startOf = (found: Pending | 'not-here' | undefined): number =>
    typeof found === 'object' && !found.isAhead ? found.startedAt : 0

  return {
    /**
     * Remembers a sign-in that begins. Of the others in this browser at most four stay: what nobody made goes, and the oldest. One
     * that begins ahead of time takes no other's place.
     */
    begin(
      request: Request,
      response: Response,
      { attempt, returnTo, stepUp, activation, retries, isAhead = false }: Omit<Pending, 'startedAt' | 'app'>,
    ): void {
      const others = cookiesOf(request)
        .map(([name, value]) => ({ name, found: open(name, value) }))
        .sort((one, other) => startOf(other.found) - startOf(one.found))
      if (isAhead && others.filter(({ found }) => found).length >= mostPending) return
      const surplus = others.filter(({ found }, index) => !found || index >= mostPending - 1)
      for (const { name } of surplus) response.clearCookie(name, attributes)
      const name = nameOf(attempt.state)
      const pending: Pending = {
        app,
        attempt,
        returnTo,
        stepUp,
        activation,
        retries,
        startedAt: clock().getTime(),
        isAhead,
      }
      response.cookie(name, seal.close(JSON.stringify(pending), name), { ...attributes, maxAge: lifeMs })
    },

    /** The sign-in that this browser began with this state, if it is not older than ten minutes. */
    find(request: Request, state: string): Pending | undefined {
      const name = nameOf(state)
      const pending = open(name, parse(request.headers.cookie ?? '')[name])
      return pending !== 'not-here' && pending?.attempt.state === state ? pending : undefined
    },

    /** Whether this browser began it, however long ago. */
    wasBegun: (request: Request, state: string): boolean =>
      parse(request.headers.cookie ?? '')[nameOf(state)] !== undefined,

    forget(response: Response, state: string): void {
      response.clearCookie(nameOf(state), attributes)
    },

    /**
     * All that would bring a session about: somebody who signs out of this browser means these, too. A check on its way
     * stays. It counts for no other session, and its page says that it came too late.
     */
    forgetAll(request: Request, response: Response): void {
      for (const [name, value] of cookiesOf(request)) {
        const found = open(name, value)
        const isCheck = typeof found === 'object' && (found.stepUp ?? found.activation) !== undefined
        if (!isCheck) response.clearCookie(name, attributes)
      }
    },

    /** Where a finished sign-in led to; undefined if none with this state has finished. Costs no memory. */
    finished: async (state: string): Promise<string | undefined> =>
      (await ask(redis.get(finishedKey(state)))) ?? undefined,

    /** Marks it as finished. False: another request was first, and this one must not count. */
    async finish({ attempt, returnTo }: Pending): Promise<boolean> {
      const done = await ask(
        redis.set(finishedKey(attempt.state), returnTo, 'PX', Math.ceil(config.session.maxMs), 'NX'),
      )
      return done === 'OK'
    },
  }
}
export type SignIns = ReturnType<typeof createSignIns>
