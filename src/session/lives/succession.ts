import type { Request } from 'express'
import type { Clock } from '../../clock.ts'
import { isSamePerson } from '../../entra/claims.ts'
import type { Tokens } from '../../entra/oidc/oidc.ts'
import { Problem } from '../../errors.ts'
import type { SealedClient } from '../sealing/sealed-client.ts'
import type { Vault } from '../vault.ts'
import type { SessionsById } from './by-id.ts'
import type { Census } from './census.ts'
import type { Ends } from './ends.ts'
import type { KnownPlans } from './known-plans.ts'
import { continuing, handleOf, newerPlan, type Proven, type SessionRecord, withNews, withPlan } from './record.ts'
import type { Registry } from './registry.ts'
import type { WentOnes } from './went-on.ts'

/** When a sign-in began (epoch ms), and since when, as `Ends.moment` counts, an end counts against it. */
export type SignInAt = { startedAt?: number | undefined; since?: number | undefined }

type Born = {
  tokens: Tokens
  signedInAt?: number
  lineage?: string | undefined
  since: number
  startedAt?: number | undefined
}

/**
 * How one session follows another, or none. The new one is born first, and only then the old one ends: whoever ends
 * sessions at this moment finds one of the two. It is undone when the old one had been ended meanwhile, or word was left
 * that what it is of was ended. Then, and when anything fails, the request has the session it had, and the browser keeps
 * its cookie.
 */
export function createSuccession({
  maxMs,
  clock,
  records,
  client,
  byId,
  registry,
  vault,
  ends,
  wentOnes,
  knownPlans,
  census,
}: {
  maxMs: number
  clock: Clock
  /** What the sessions of requests remember. */
  records: WeakMap<Request, SessionRecord>
  client: SealedClient
  byId: SessionsById
  registry: Registry
  vault: Vault
  ends: Ends
  wentOnes: WentOnes
  knownPlans: KnownPlans | undefined
  census: Census | undefined
}) {
  const now = () => clock().getTime()
  const { prefix, read, change, destroyed, discard, overAt, tokenLifeMs } = byId

  /** `then` ends the one there was; what it throws undoes the new one. */
  async function bear(
    request: Request,
    { identity, membership, ownProvenAt, unlistedAt, contexts, plan }: Proven,
    { tokens, signedInAt = now(), lineage, since, startedAt }: Born,
    then: (sessionId: string) => Promise<void>,
  ): Promise<void> {
    const before = { sessionID: request.sessionID, session: request.session }
    request.sessionStore.generate(request)
    const { sessionID } = request
    const record: SessionRecord = {
      identity,
      membership,
      ...(ownProvenAt && { ownProvenAt }),
      ...(unlistedAt && { unlistedAt }),
      contexts,
      ...(plan && { plan }),
      lineage: lineage ?? handleOf(sessionID),
      signedInAt,
      lastSeenAt: now(),
      browser: (request.get('user-agent') ?? '').slice(0, 300),
    }
    try {
      await write(request, record, tokens)
      // Only now: who ends their access or their sessions at this moment finds this session, or has left word before.
      const bound = await withKnownPlan(sessionID, record)
      if (await ends.areAbout({ identity, lineage: handleOf(sessionID, record), since, startedAt }))
        throw new Problem('signed-out-meanwhile')
      await then(sessionID)
      records.set(request, bound)
      census?.seen(sessionID, { until: overAt(bound), now: now() })
    } catch (thrown) {
      Object.assign(request, before)
      const undone = discard(sessionID, identity)
      // A Redis that failed is not waited for again: nobody has the cookie of this session.
      if (isEnd(thrown)) await undone
      else undone.catch(() => {})
      throw thrown
    }
  }

  /** Where it can be found first, itself last: a session that exists can always be found, and has its tokens. */
  async function write({ sessionID, session }: Request, record: SessionRecord, tokens: Tokens): Promise<void> {
    const { identity, signedInAt } = record
    await Promise.all([
      registry.add(identity, sessionID, signedInAt + maxMs, now()),
      vault.keep(sessionID, tokens, tokenLifeMs(record)),
    ])
    session.record = record
    client.expectBirth(prefix + sessionID)
    await new Promise<void>((resolve, reject) => {
      session.save(error => (error ? reject(new Problem('redis-away', { cause: error })) : resolve()))
    })
    // express-session would write it once more when the request ends, over what others have changed meanwhile.
    Object.defineProperty(session, 'save', { value: (done?: () => void) => done?.() })
  }

  async function withKnownPlan(sessionId: string, record: SessionRecord): Promise<SessionRecord> {
    const known = await knownPlans?.read(record.identity)
    if (!known || newerPlan(record.plan, known) !== known) return record
    return (await change(sessionId, found => withPlan(found, known))) ?? record
  }

  /** Ends the session that was there. Somebody else was first: it was ended, or went on elsewhere. */
  async function replace(sessionId: string, before: SessionRecord): Promise<void> {
    const { identity } = before
    await wentOnes.remember(sessionId, { identity, lineage: handleOf(sessionId, before) })
    if (!(await destroyed(sessionId, identity))) throw new Problem('step-up-too-late')
  }

  return {
    /**
     * Begins a new session, under a new id, and ends the one there was. Only what the same person met in it survives.
     * Throws Problem('signed-out-meanwhile') when it was ended before it was there.
     */
    async begin(request: Request, proven: Proven, tokens: Tokens, { startedAt, since }: SignInAt = {}): Promise<void> {
      const { sessionID, session } = request
      const known = records.get(request)
      const moment = since ?? (await ends.moment())
      const before = known && (await read(sessionID))
      const isContinued = known !== undefined && isSamePerson(known.identity, proven.identity)
      const lineage = isContinued ? handleOf(sessionID, known) : undefined
      const born = { tokens, lineage, since: moment, startedAt }
      await bear(request, before ? continuing(before, proven, now()) : proven, born, async () => {
        if (lineage) await wentOnes.remember(sessionID, { identity: proven.identity, lineage })
        if (session.record) await destroyed(sessionID, session.record.identity)
      })
    },

    /**
     * The same for someone who goes on as themselves after a step-up. Throws Problem('step-up-too-late') when their
     * session ended meanwhile: it must not come back.
     */
    async renew(request: Request, proven: Proven, tokens: Tokens): Promise<void> {
      const { sessionID } = request
      const since = await ends.moment()
      const before = records.has(request) ? await read(sessionID) : undefined
      if (!before) throw new Problem('step-up-too-late')
      const born = { tokens, lineage: handleOf(sessionID, before), since }
      await bear(request, continuing(before, proven, now()), born, async newId => {
        const latest = (await read(sessionID)) ?? before
        await change(newId, found => withNews(found, continuing(latest, proven, now())))
        await replace(sessionID, before)
      }).catch(thrown => {
        throw isEnd(thrown) ? new Problem('step-up-too-late', { cause: thrown }) : thrown
      })
    },

    /**
     * The same session under a new id, with its tokens and its age: for someone whose rights grew. When it is over
     * meanwhile, it stays over.
     */
    async rotate(request: Request): Promise<void> {
      const { sessionID } = request
      const since = await ends.moment()
      const before = records.has(request) ? await read(sessionID) : undefined
      const tokens = await vault.read(sessionID)
      if (!before || typeof tokens !== 'object') return
      const born = { tokens, signedInAt: before.signedInAt, lineage: handleOf(sessionID, before), since }
      await bear(request, before, born, async newId => {
        // What was learned of them meanwhile, e.g. that they ended their access, goes along; newer tokens do, too.
        const [latest, latestTokens] = [(await read(sessionID)) ?? before, await vault.read(sessionID)]
        await change(newId, found => withNews(found, latest))
        if (typeof latestTokens === 'object') await vault.replace(newId, tokens, latestTokens)
        await replace(sessionID, before)
      }).catch(thrown => {
        if (!isEnd(thrown)) throw thrown
        // The browser has the cookie of whoever was first, and must not get that of a session that is no more.
        records.delete(request)
      })
    },
  }
}

/** What was to go on, or to begin, was ended meanwhile. */
const isEnd = (thrown: unknown): boolean =>
  thrown instanceof Problem && (thrown.code === 'signed-out-meanwhile' || thrown.code === 'step-up-too-late')
