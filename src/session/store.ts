import { RedisStore } from 'connect-redis'
import { parse } from 'cookie'
import type { Request, RequestHandler, Response } from 'express'
import expressSession from 'express-session'
import type { Clock } from '../clock.ts'
import type { Config } from '../config/load.ts'
import { Problem } from '../errors.ts'
import type { Log } from '../observability.ts'
import { createBoundClient } from './bound-client.ts'
import { createSessionsById } from './lives/by-id.ts'
import type { Census } from './lives/census.ts'
import { createEndOf } from './lives/end-of.ts'
import { createEnds } from './lives/ends.ts'
import type { KnownPlans } from './lives/known-plans.ts'
import { handleOf, isFromTheFuture, type SessionRecord } from './lives/record.ts'
import { createRegistry } from './lives/registry.ts'
import { createSuccession } from './lives/succession.ts'
import { createWentOnes } from './lives/went-on.ts'
import type { Redis } from './redis/redis.ts'
import { scopeOf } from './scope.ts'
import type { Seal } from './sealing/seal.ts'
import { createSealedClient } from './sealing/sealed-client.ts'
import { signedId } from './sealing/signed-id.ts'
import type { Vault } from './vault.ts'

/** Idle time is kept coarsely: at most one write a minute (more often only where sessions idle out within two). */
const coarseMs = 60_000

export type OwnSession = { handle: string; isThisOne: boolean; record: SessionRecord }

/**
 * The memory between requests: express-session for the cookie, connect-redis for the store, sealed, with lifetimes
 * of our own. Every method throws Problem('redis-away') when Redis does not confirm.
 */
export function createSessions({
  config,
  clock,
  redis,
  seal,
  vault,
  log,
  census,
  knownPlans,
}: {
  config: Pick<Config, 'baseUrl' | 'session' | 'redis' | 'entra' | 'access'>
  clock: Clock
  redis: Redis
  seal: Seal
  vault: Vault
  log: Log
  /** Where sessions are counted, if anybody asks how many there are. */
  census?: Census | undefined
  /** What other sessions of a person learned of their end; none where people do not turn on their access here. */
  knownPlans?: KnownPlans | undefined
}) {
  const { idleMs, maxMs } = config.session
  const registry = createRegistry({ redis, prefix: config.redis.prefix })
  const client = createBoundClient(createSealedClient({ redis, seal, log }), scopeOf(config))
  const now = () => clock().getTime()
  const byId = createSessionsById({ config, clock, client, registry, vault, census })
  const { prefix, read, change, destroy, overAt, listedSince } = byId
  const ends = createEnds({ redis, prefix: config.redis.prefix, clock })
  const endOf = createEndOf({ byId, registry, ends })
  const wentOnes = createWentOnes({ redis, seal, prefix: config.redis.prefix })
  const store = new RedisStore({
    client,
    prefix,
    ttl: ({ record }: { record?: SessionRecord }) => byId.ttlOf(record),
    disableTouch: true,
  })

  const isSecure = config.baseUrl.startsWith('https:')
  const cookie = { httpOnly: true, secure: isSecure, sameSite: 'lax', path: '/' } as const
  const cookieName = isSecure ? '__Host-gatehouse' : 'gatehouse'
  const load = expressSession({
    store,
    name: cookieName,
    secret: seal.signing,
    cookie,
    resave: false,
    saveUninitialized: false,
    rolling: false,
  })
  const records = new WeakMap<Request, SessionRecord>()
  const kept = { records, client, byId, registry, vault }
  const succession = createSuccession({ maxMs, clock, ends, wentOnes, knownPlans, census, ...kept })
  const touching = new Set<string>()
  const touchAfterMs = Math.min(coarseMs, idleMs / 2)

  /** Step 6: from here a request has a memory, or ends with 503. */
  const middleware: RequestHandler = function sessions(request, response, next) {
    load(request, response, (error?: unknown) => {
      if (error) return next(new Problem('redis-away', { cause: error }))
      remember(request).then(() => next(), next)
    })
  }

  async function remember(request: Request): Promise<void> {
    const { record } = request.session
    // From the future: its clock and ours disagree. Not to be trusted, but not ours to delete either.
    if (!record || isFromTheFuture(record, now())) return
    // Nobody here. Not removed: whether its time is up is what our clock says, and Redis cleans up by its own.
    if (byId.isPast(request.sessionID, record)) return
    records.set(request, record)
    if (now() - record.lastSeenAt >= touchAfterMs) touch(request.sessionID, record)
  }

  /** Not waited for: a page that can be shown is not held up, and a Redis that takes no writes signs nobody out. */
  function touch(sessionId: string, before: SessionRecord): void {
    const asItWas = `${sessionId} ${before.lastSeenAt}`
    if (touching.has(asItWas)) return
    touching.add(asItWas)
    const at = now()
    const seenNow = (found: SessionRecord) =>
      now() - found.lastSeenAt >= touchAfterMs ? { ...found, lastSeenAt: now() } : found
    // The tokens first: they must not be over before their session.
    byId
      .prolongTokens(sessionId, before)
      .then(() => change(sessionId, seenNow))
      .then(record => record && census?.seen(sessionId, { until: overAt(record), now: at }))
      .catch(error => {
        byId.seen(sessionId, at)
        // That much is taken by a Redis that is full.
        redis.pexpire(prefix + sessionId, byId.ttlOf() * 1000).catch(() => {})
        log.warn({ event: 'session-touch-failed', error })
      })
      // Not sooner: requests answered together with this write still saw the session as it was before.
      .finally(() => setImmediate(() => touching.delete(asItWas)))
  }

  function wentOn(request: Request) {
    const id = signedId(parse(request.headers.cookie ?? '')[cookieName], seal.signing)
    return id === undefined ? undefined : wentOnes.find(id)
  }

  return {
    middleware,

    /** What this request's session remembers; undefined for someone who is not signed in. */
    recordOf(request: Request): SessionRecord | undefined {
      // express-session goes on without a session in some faults; that must never read as "nobody".
      if (!request.session) throw new Problem('redis-away')
      return records.get(request)
    },

    /** What is remembered by now, for a request that took long: its session may have changed, or be over. */
    async reload(request: Request): Promise<void> {
      const record = records.has(request) ? await read(request.sessionID) : undefined
      if (record) records.set(request, record)
      else records.delete(request)
    },

    /** For a session that ended during this request. */
    forget(request: Request): void {
      records.delete(request)
    },

    /** What a session remembers now, whoever changed it; undefined when it is over. */
    read,
    change,
    changeAll: byId.changeAll,
    destroy,
    endOfEntraSession: endOf.entraSession,

    begin: succession.begin,
    renew: succession.renew,
    rotate: succession.rotate,
    /** Since when, for a sign-in that is about to be proved, an end counts against it. */
    moment: ends.moment,

    /** Ends this request's session for good, in Redis first; only when that is confirmed is the cookie cleared. */
    async end(request: Request, response: Response): Promise<void> {
      const { sessionID, session } = request
      const record = records.get(request) ?? session.record
      // One that only another release can read ends, too: whoever signs out means it.
      // And one that has gone on under an id that this browser has not heard of yet.
      const left = record ? { identity: record.identity, lineage: handleOf(sessionID, record) } : await wentOn(request)
      if (left) await endOf.browser(left)
      if (record || session.isUnread) await destroy(sessionID, record?.identity)
      records.delete(request)
      response.clearCookie(cookieName, cookie)
    },

    /** This person's open sessions, newest first. A handle names one in a form without giving its id away. */
    async ownSessions(request: Request): Promise<OwnSession[]> {
      const own = records.get(request)
      if (!own) return []
      const thisOne = handleOf(request.sessionID, own)
      const ids = await registry.ofPerson(own.identity, listedSince())
      const found = await Promise.all(ids.map(async id => ({ id, record: await read(id) })))
      return found
        .flatMap(({ id, record }) => {
          const handle = handleOf(id, record)
          return record ? [{ handle, isThisOne: handle === thisOne, record }] : []
        })
        .sort((one, other) => other.record.signedInAt - one.record.signedInAt)
    },

    /** Ends this person's sessions: `all`, all `others`, or the one of this handle. Someone else's handle ends nothing. */
    async endOwn(request: Request, which: string): Promise<void> {
      const own = records.get(request)
      if (!own) return
      if (which === 'all') await endOf.person(own.identity)
      else if (which === 'others') await endOf.person(own.identity, handleOf(request.sessionID, own))
      else await endOf.lineage(own.identity, which)
    },
  }
}
export type Sessions = ReturnType<typeof createSessions>
