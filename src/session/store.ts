import { RedisStore } from 'connect-redis'
import type { Request, RequestHandler, Response } from 'express'
import expressSession from 'express-session'
import type { Clock } from '../clock.ts'
import type { Config } from '../config/load.ts'
import type { Tokens } from '../entra/oidc.ts'
import { Problem } from '../errors.ts'
import type { Log } from '../observability.ts'
import { createBoundClient } from './bound-client.ts'
import { createSessionsById } from './by-id.ts'
import type { Census } from './census.ts'
import type { KnownPlans } from './known-plans.ts'
import {
  continuing,
  isFromTheFuture,
  newerPlan,
  type Proven,
  type SessionRecord,
  withNews,
  withPlan,
} from './record.ts'
import type { Redis } from './redis.ts'
import { createRegistry } from './registry.ts'
import { scopeOf } from './scope.ts'
import { fingerprint, type Seal } from './seal.ts'
import { createSealedClient } from './sealed-client.ts'
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
  const { prefix, read, change, destroy, destroyed, destroyAll, overAt, listedSince } = byId
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
  function touch(sessionId: string, { lastSeenAt }: SessionRecord): void {
    const asItWas = `${sessionId} ${lastSeenAt}`
    if (touching.has(asItWas)) return
    touching.add(asItWas)
    const at = now()
    change(sessionId, found => (now() - found.lastSeenAt >= touchAfterMs ? { ...found, lastSeenAt: now() } : found))
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

  /** Ends the session of a request, and returns what it remembered at its end if it still lived. */
  async function taken(request: Request): Promise<SessionRecord | undefined> {
    const known = records.get(request)
    if (!known) return undefined
    const latest = await read(request.sessionID)
    return (await destroyed(request.sessionID, known.identity)) ? latest : undefined
  }

  /** Under a new id. When it fails, the request has the session it had: the browser keeps its cookie. */
  async function create(
    request: Request,
    { identity, membership, ownProvenAt, contexts, plan }: Proven,
    tokens: Tokens,
    signedInAt = now(),
  ): Promise<void> {
    const before = { sessionID: request.sessionID, session: request.session }
    request.sessionStore.generate(request)
    const at = now()
    const browser = (request.get('user-agent') ?? '').slice(0, 300)
    let record: SessionRecord = {
      identity,
      membership,
      ...(ownProvenAt && { ownProvenAt }),
      contexts,
      ...(plan && { plan }),
      signedInAt,
      lastSeenAt: at,
      browser,
    }
    const { sessionID, session } = request
    const end = signedInAt + maxMs
    try {
      await Promise.all([registry.add(identity, sessionID, end, at), vault.keep(sessionID, tokens, end - at)])
      session.record = record
      client.expectBirth(prefix + sessionID)
      await new Promise<void>((resolve, reject) => {
        session.save(error => (error ? reject(new Problem('redis-away', { cause: error })) : resolve()))
      })
      // express-session would write it once more when the request ends, over what others have changed meanwhile.
      Object.defineProperty(session, 'save', { value: (done?: () => void) => done?.() })
      // Only now: who ends their access at this moment finds this session, or has left word before.
      record = await withKnownPlan(sessionID, record)
    } catch (thrown) {
      Object.assign(request, before)
      throw thrown
    }
    records.set(request, record)
    census?.seen(sessionID, { until: overAt(record), now: at })
  }

  async function withKnownPlan(sessionId: string, record: SessionRecord): Promise<SessionRecord> {
    const known = await knownPlans?.read(record.identity)
    if (!known || newerPlan(record.plan, known) !== known) return record
    return (await change(sessionId, found => withPlan(found, known))) ?? record
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
    endOfEntraSession: byId.endOfEntraSession,

    /**
     * Begins a new session, under a new id, and ends the one there was, unless this fails. Only what the same person met
     * in it survives.
     */
    async begin(request: Request, proven: Proven, tokens: Tokens): Promise<void> {
      const { sessionID, session } = request
      const before = records.has(request) ? await read(sessionID) : undefined
      await create(request, before ? continuing(before, proven, now()) : proven, tokens)
      if (session.record) await destroy(sessionID, session.record.identity)
    },

    /**
     * The same for someone who goes on as themselves after a step-up. Throws Problem('step-up-too-late') when their
     * session ended meanwhile: it must not come back.
     */
    async renew(request: Request, proven: Proven, tokens: Tokens): Promise<void> {
      const before = await taken(request)
      if (!before) throw new Problem('step-up-too-late')
      await create(request, continuing(before, proven, now()), tokens)
    },

    /**
     * The same session under a new id, with its tokens and its age: for someone whose rights grew. When it is over
     * meanwhile, it stays over.
     */
    async rotate(request: Request): Promise<void> {
      const { sessionID, session } = request
      const record = records.has(request) ? await read(sessionID) : undefined
      const tokens = await vault.read(sessionID)
      if (!record || typeof tokens !== 'object') return
      await create(request, record, tokens, record.signedInAt)
      // What was learned of them meanwhile, e.g. that they ended their access, goes along.
      const latest = (await read(sessionID)) ?? record
      await change(request.sessionID, found => withNews(found, latest))
      if (await destroyed(sessionID, record.identity)) return
      await destroy(request.sessionID, record.identity)
      // Another request was first: the browser has its cookie, and must not get that of a session that is no more.
      Object.assign(request, { sessionID, session })
      records.delete(request)
    },

    /** Ends this request's session for good, in Redis first; only when that is confirmed is the cookie cleared. */
    async end(request: Request, response: Response): Promise<void> {
      const record = records.get(request) ?? request.session.record
      // One that only another release can read ends, too: whoever signs out means it.
      const isSomebodys = record !== undefined || request.session.isUnread === true
      const isEnded = !isSomebodys || (await destroyed(request.sessionID, record?.identity))
      // It went on under another id while this request was on its way.
      if (!isEnded && record?.identity.sid)
        await destroyAll(await registry.ofEntraSession(record.identity.sid, listedSince()))
      records.delete(request)
      response.clearCookie(cookieName, cookie)
    },

    /** This person's open sessions, newest first. A handle names one in a form without giving its id away. */
    async ownSessions(request: Request): Promise<OwnSession[]> {
      const record = records.get(request)
      if (!record) return []
      const ids = await registry.ofPerson(record.identity, listedSince())
      const found = await Promise.all(ids.map(async id => ({ id, record: await read(id) })))
      return found
        .flatMap(({ id, record }) =>
          record ? [{ handle: fingerprint(id), isThisOne: id === request.sessionID, record }] : [],
        )
        .sort((one, other) => other.record.signedInAt - one.record.signedInAt)
    },

    /** Ends those of this person's sessions that `which` picks by handle. A handle of someone else's session picks nothing. */
    async endOwn(request: Request, which: (handle: string) => boolean): Promise<void> {
      const record = records.get(request)
      if (!record) return
      const ids = await registry.ofPerson(record.identity, listedSince())
      await destroyAll(
        ids.filter(id => which(fingerprint(id))),
        record.identity,
      )
    },
  }
}
export type Sessions = ReturnType<typeof createSessions>
