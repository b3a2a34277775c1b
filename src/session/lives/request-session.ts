import { RedisStore } from 'connect-redis'
import type { Request, RequestHandler } from 'express'
import expressSession from 'express-session'
import { addressIn } from '../../address.ts'
import type { Clock } from '../../clock.ts'
import { Problem } from '../../errors.ts'
import type { OurCookies } from '../cookies.ts'
import { isDatedAhead, type Lifetimes } from '../record/lifetimes.ts'
import type { SessionRecord } from '../record/record.ts'
import type { Seal } from '../sealing/seal.ts'
import type { SessionsById } from '../stored/by-id.ts'
import type { SealedClient } from '../stored/sealed-client.ts'
import type { Touch } from './touch.ts'

declare module 'express-session' {
  interface SessionData {
    record: SessionRecord
    /** There is a session, but this release cannot read it. */
    isUnread?: true
  }
}

/** The records of the sessions that requests have. */
export type Records = WeakMap<Request, SessionRecord>

/** The name of the session's cookie, without the prefix that browsers know. */
export const sessionCookie = 'gatehouse'

/** The session of a request: express-session for the cookie, connect-redis for the store. */
export function createRequestSession({
  clock,
  client,
  prefix,
  cookies,
  seal,
  records,
  lifetimes,
  byId,
  touch,
}: {
  clock: Clock
  client: SealedClient
  /** How the keys of sessions begin. */
  prefix: string
  cookies: OurCookies
  seal: Pick<Seal, 'signing'>
  records: Records
  lifetimes: Lifetimes
  byId: Pick<SessionsById, 'read'>
  touch: Touch
}) {
  const load = expressSession({
    store: new RedisStore({
      client,
      prefix,
      ttl: ({ record }: { record?: SessionRecord }) => lifetimes.ttlSeconds(record),
      disableTouch: true,
    }),
    name: cookies.named(sessionCookie),
    secret: seal.signing,
    cookie: cookies.attributes,
    resave: false,
    saveUninitialized: false,
    rolling: false,
  })

  async function remember(request: Request): Promise<void> {
    const { record } = request.session
    // A session from the future: its clock and ours disagree. It is not to be trusted, but not ours to delete either.
    if (!record || isDatedAhead(record, clock().getTime())) return
    // A session whose time is up by our clock lets nobody in. It is not removed: Redis cleans up by its own clock.
    if (lifetimes.isPast(request.sessionID, record)) return
    records.set(request, record)
    touch(request.sessionID, record, addressIn(request.ip))
  }

  /** From here a request has a memory, or ends with Problem('redis-away'). */
  const middleware: RequestHandler = function sessions(request, response, next) {
    load(request, response, (error?: unknown) => {
      if (error) return next(new Problem('redis-away', { cause: error }))
      remember(request).then(() => next(), next)
    })
  }

  return {
    middleware,

    /**
     * The record of this request's session; undefined for a person who is not signed in. Throws Problem('redis-away')
     * where the request has no session: express-session goes on without one in some faults, and that must never read as
     * "nobody".
     */
    recordOf(request: Request): SessionRecord | undefined {
      if (!request.session) throw new Problem('redis-away')
      return records.get(request)
    },

    /**
     * Reads anew what is remembered, for a request that took long: its session may have changed, or be over. Throws
     * Problem('redis-away') when Redis does not answer.
     */
    async reload(request: Request): Promise<void> {
      const record = records.has(request) ? await byId.read(request.sessionID) : undefined
      if (record) records.set(request, record)
      else records.delete(request)
    },

    /** For a session that ended during this request. */
    forget(request: Request): void {
      records.delete(request)
    },
  }
}
