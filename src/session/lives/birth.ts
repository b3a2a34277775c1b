import type { Request } from 'express'
import { addressIn } from '../../address.ts'
import type { Clock } from '../../clock.ts'
import type { Tokens } from '../../entra/oidc/signed-in.ts'
import { isProblem, Problem } from '../../errors.ts'
import { atEachGate, factsAt } from '../record/at-gate.ts'
import { type Proven, withPlan } from '../record/continuing.ts'
import type { Lifetimes } from '../record/lifetimes.ts'
import { newerPlan, type Plan } from '../record/plan.ts'
import { type GateFacts, handleOf, type SessionRecord } from '../record/record.ts'
import type { KnownPlans } from '../replicas/known-plans.ts'
import type { SessionsById } from '../stored/by-id.ts'
import type { Census } from '../stored/census.ts'
import type { GateCensus } from '../stored/gate-census.ts'
import type { Registry } from '../stored/registry.ts'
import type { Removal } from '../stored/removal.ts'
import type { SealedClient } from '../stored/sealed-client.ts'
import type { Vault } from '../vault.ts'
import type { Ends } from './ends.ts'
import type { Records } from './request-session.ts'

/** A session that is to begin. `since` is a count of `Ends.moment`; the other instants are in epoch ms. */
type ToBeBorn = {
  proven: Proven
  tokens: Tokens
  /** When the person signed in; left out: now. */
  signedInAt?: number
  lineage?: string | undefined
  since: number
  startedAt?: number | undefined
  /** The address of that sign-in, where it was before; left out: that of the request. */
  signedInFrom?: string | undefined
}

export type BirthNeeds = {
  maxMs: number
  clock: Clock
  records: Records
  client: SealedClient
  keyOf: (sessionId: string) => string
  lifetimes: Lifetimes
  byId: SessionsById
  removal: Removal
  registry: Registry
  vault: Vault
  ends: Ends
  knownPlans: Readonly<Record<string, KnownPlans>>
  census: Pick<Census, 'enter'>
  gateCensus: GateCensus | undefined
}

/**
 * Begins a session under a new id. `replace` then ends the session that was there before. The new session is undone when
 * `replace` throws, when anything fails, or when word was left meanwhile that its person, its lineage or its session of
 * Entra was ended. Then the request has the session that it had, and the browser keeps its cookie.
 *
 * Throws Problem('signed-out-meanwhile') when it was ended before it was there, Problem('redis-away') when Redis does not
 * confirm, and whatever `replace` throws.
 */
export function createBirth(needs: BirthNeeds) {
  const { clock, records, removal, ends, gateCensus } = needs
  const now = () => clock().getTime()
  const write = createWrite(needs)
  const bindByKnownPlan = createKnownBound(needs)

  return async function bear(
    request: Request,
    born: ToBeBorn,
    replace: (sessionId: string) => Promise<void>,
  ): Promise<void> {
    const before = { sessionID: request.sessionID, session: request.session }
    request.sessionStore.generate(request)
    const { sessionID } = request
    const record = recordFor(request, born, now())
    const { identity } = record
    try {
      await write(request, record, born.tokens)
      // Before anybody can change it: each change of the record counts it anew.
      gateCensus?.seen(sessionID, record)
      // Only now: an end of access or of sessions at this moment finds this session, or has left word before.
      const bound = await bindByKnownPlan(sessionID, record)
      const { since, startedAt } = born
      if (await ends.areAbout({ identity, lineage: handleOf(sessionID, record), since, startedAt }))
        throw new Problem('signed-out-meanwhile')
      await replace(sessionID)
      records.set(request, bound)
    } catch (thrown) {
      Object.assign(request, before)
      const undone = removal.discard(sessionID, identity)
      // A Redis that failed is not waited for again: nobody has the cookie of this session.
      if (isEnd(thrown)) await undone
      else undone.catch(() => {})
      throw thrown
    }
  }
}
export type Birth = ReturnType<typeof createBirth>

/** Whether the session that was to begin, or to go on, was ended meanwhile. */
export const isEnd = (thrown: unknown): boolean => isProblem(thrown, 'signed-out-meanwhile', 'step-up-too-late')

function recordFor(request: Request, born: ToBeBorn, now: number): SessionRecord {
  const { proven, signedInAt, lineage } = born
  const { identity, gates, ownProvenAt, unlistedAt, contexts } = proven
  const from = addressIn(request.ip)
  const signedInFrom = signedInAt === undefined ? from : born.signedInFrom
  return {
    identity,
    gates,
    ...(ownProvenAt && { ownProvenAt }),
    ...(unlistedAt && { unlistedAt }),
    contexts,
    lineage: lineage ?? handleOf(request.sessionID),
    signedInAt: signedInAt ?? now,
    lastSeenAt: now,
    browser: (request.get('user-agent') ?? '').slice(0, 300),
    ...(signedInFrom && { signedInFrom }),
    ...(from && { lastSeenFrom: from }),
  }
}

/**
 * Writes a session: first its places in the indexes and its tokens, then itself. A session that exists can always be
 * found, and has its tokens.
 */
function createWrite({ maxMs, clock, client, keyOf, lifetimes, registry, vault, census }: BirthNeeds) {
  return async ({ sessionID, session }: Request, record: SessionRecord, tokens: Tokens): Promise<void> => {
    const { identity, signedInAt } = record
    const now = clock().getTime()
    await Promise.all([
      registry.add(identity, sessionID, signedInAt + maxMs, now),
      census.enter(sessionID, { until: lifetimes.overAt(record), now }),
      vault.keep(sessionID, tokens, lifetimes.tokenLifeMs(record)),
    ])
    session.record = record
    client.expectBirth(keyOf(sessionID))
    await new Promise<void>((resolve, reject) => {
      session.save(error => (error ? reject(new Problem('redis-away', { cause: error })) : resolve()))
    })
    // express-session would write it once more when the request ends, over what others have changed meanwhile.
    Object.defineProperty(session, 'save', { value: (done?: () => void) => done?.() })
  }
}

/**
 * Binds a session that begins by the plan that other sessions of its person learned. Returns the record as it is
 * afterwards.
 */
function createKnownBound({ byId, knownPlans }: BirthNeeds) {
  return async (sessionId: string, record: SessionRecord): Promise<SessionRecord> => {
    const read = Object.entries(knownPlans).map(
      async ([gate, plans]) => [gate, await plans.read(record.identity)] as const,
    )
    const known = new Map((await Promise.all(read)).filter(([gate, plan]) => isNews(plan, factsAt(record, gate))))
    if (known.size === 0) return record
    const bound = (found: SessionRecord) =>
      atEachGate(found, [...known.keys()], (seen, gate) => withPlan(seen, known.get(gate)))
    return (await byId.change(sessionId, bound)) ?? record
  }
}

const isNews = (known: Plan | undefined, { plan }: GateFacts): boolean =>
  known !== undefined && newerPlan(plan, known) === known
