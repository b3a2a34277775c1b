import type { Request } from 'express'
import { ipKeyGenerator, rateLimit, type Store } from 'express-rate-limit'
import { addressIn } from '../../address.ts'
import { Problem } from '../../errors.ts'
import { personOf } from '../../gate/guard.ts'
import type { Counters } from '../../session/replicas/counters.ts'
import { type Door, exactly } from './exactly.ts'

const windowMs = 60_000

/**
 * How many requests a minute one address may send to each of the doors that are open to all. An office behind one
 * address signs in within some minutes of a morning; ten people a second are more than that.
 */
export const defaultLimits = { 'sign-in': 600, callback: 600, 'sign-out': 600, hooks: 1200 }
export type Limits = typeof defaultLimits

const doors: readonly (Pick<Door, 'method' | 'path'> & { limit: keyof Limits })[] = [
  { method: 'get', path: '/auth/sign-in', limit: 'sign-in' },
  { method: 'get', path: '/auth/callback', limit: 'callback' },
  { method: 'post', path: '/auth/sign-out', limit: 'sign-out' },
  { method: 'get', path: '/auth/front-channel-logout', limit: 'sign-out' },
  { method: 'post', path: '/hooks/graph', limit: 'hooks' },
]

/** The open doors once more, before anything is done for whoever comes: 429 for those who come too often. */
export const createRateLimits = ({ counters }: { counters: Counters }, limits: Limits = defaultLimits) =>
  exactly(
    'rateLimits',
    doors.map(({ method, path, limit }) => ({ method, path, open: createLimit(counters, limit, limits[limit]) })),
  )

/**
 * The same for one person, on pages that ask Microsoft each time: nobody who is signed in can have us throttled there
 * for everyone. A page that waits asks every two seconds.
 */
export const createPersonLimit = ({ counters }: { counters: Counters }, mostAMinute = 600) =>
  createLimit(counters, 'self-service', mostAMinute, request => personOf(request).objectId)

const createLimit = (
  counters: Counters,
  name: string,
  limit: number,
  keyGenerator: (request: Request) => string = clientOf,
) =>
  rateLimit({
    windowMs,
    limit,
    keyGenerator,
    store: storeOf(counters, name),
    legacyHeaders: false,
    // Its hints go to the console; what they are about is tested.
    validate: false,
    handler: (request, response, next) => {
      const { resetTime } = (request as Request & { rateLimit: { resetTime: Date } }).rateLimit
      response.setHeader('Retry-After', String(Math.max(1, Math.ceil((resetTime.getTime() - Date.now()) / 1000))))
      next(new Problem('too-many-requests'))
    },
  })

/** IPv6 by its /64: that is what one customer of a provider gets. Without a usable address, whoever is next to us counts. */
const clientOf = ({ ip, socket }: Request): string =>
  ipKeyGenerator(addressIn(ip) ?? addressIn(socket.remoteAddress) ?? '0.0.0.0', 64)

/** Only counting is used of a store. Nothing is ever given back: a sign-in that failed counts too. */
const storeOf = (counters: Counters, name: string): Store => ({
  async increment(client) {
    const { count, leftMs } = await counters.count(`${name}:${client}`, windowMs)
    return { totalHits: count, resetTime: new Date(Date.now() + leftMs) }
  },
  decrement: () => {},
  resetKey: () => {},
})
