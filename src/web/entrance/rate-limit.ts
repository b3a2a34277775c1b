import type { Request } from 'express'
import { ipKeyGenerator, rateLimit, type Store } from 'express-rate-limit'
import { addressIn } from '../../address.ts'
import { Problem } from '../../errors.ts'
import { personOf } from '../../gate/admission.ts'
import type { Counters } from '../../session/replicas/counters.ts'
import { type Door, exactly } from './exactly.ts'

const windowMs = 60_000

/**
 * The number of requests that one address may send in a minute to each of the doors that are open to all. A whole office
 * behind one address signs in within some minutes of a morning, and ten people a second are more than that.
 */
export const defaultLimits = { 'sign-in': 600, callback: 600, 'sign-out': 600, hooks: 1200 }
export type DoorLimits = typeof defaultLimits

const doors: readonly (Pick<Door, 'method' | 'path'> & { limit: keyof DoorLimits })[] = [
  { method: 'get', path: '/auth/sign-in', limit: 'sign-in' },
  { method: 'get', path: '/auth/callback', limit: 'callback' },
  { method: 'post', path: '/auth/sign-out', limit: 'sign-out' },
  { method: 'get', path: '/auth/front-channel-logout', limit: 'sign-out' },
  { method: 'post', path: '/hooks/graph', limit: 'hooks' },
]

/**
 * Stands before the open doors, before they do anything: an address that comes too often gets Problem('too-many-requests')
 * and a Retry-After. Throws Problem('redis-away').
 */
export const createRateLimits = ({ counters }: { counters: Counters }, limits: DoorLimits = defaultLimits) =>
  exactly(
    'rateLimits',
    doors.map(({ method, path, limit }) => ({ method, path, open: createLimit(counters, limit, limits[limit]) })),
  )

/**
 * Limits one person on pages that ask Microsoft each time, so that no one person can have Microsoft throttle the house for
 * everyone. A page that waits asks every two seconds. Refuses and throws as `createRateLimits` does.
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
    // The package would write its hints to the console. Tests cover what they are about.
    validate: false,
    handler: (request, response, next) => {
      const { resetTime } = (request as Request & { rateLimit: { resetTime: Date } }).rateLimit
      response.setHeader('Retry-After', String(Math.max(1, Math.ceil((resetTime.getTime() - Date.now()) / 1000))))
      next(new Problem('too-many-requests'))
    },
  })

/** An IPv6 address counts by its /64, because one customer of a provider gets that much. Without a usable address the neighbour on the network counts. */
const clientOf = ({ ip, socket }: Request): string =>
  ipKeyGenerator(addressIn(ip) ?? addressIn(socket.remoteAddress) ?? '0.0.0.0', 64)

/** The package needs a store to count only. Nothing is ever given back: a sign-in that failed counts too. */
const storeOf = (counters: Counters, name: string): Store => ({
  async increment(client) {
    const { count, leftMs } = await counters.count(`${name}:${client}`, windowMs)
    return { totalHits: count, resetTime: new Date(Date.now() + leftMs) }
  },
  decrement: () => {},
  resetKey: () => {},
})
