import type { Request, RequestHandler, Response } from 'express'
import { type Clock, pageWaitMs } from '../clock.ts'
import { type GateSettings, membersGate } from '../config/gates.ts'
import type { Config } from '../config/load.ts'
import { Problem } from '../errors.ts'
import { longestTimerMs, waitAtMost } from '../patience.ts'
import { atGate } from '../session/record/at-gate.ts'
import { isMember, type Membership } from '../session/record/membership.ts'
import { isUnlisted, type SessionRecord } from '../session/record/record.ts'
import type { Sessions } from '../session/sessions.ts'
import { createRedisDoubts, type RedisDoubts } from './asking/redis-doubts.ts'
import { type Decision, decide, gatesOf, type Person, type Requirement } from './decide.ts'
import type { Known, Standing, StandingOf } from './standing.ts'

/**
 * How a request was admitted: the person, their session, and where they stand at the gate that let them in. For a page for
 * everyone who is signed in, that is the first gate at which they are a member, or else the first gate of all.
 */
export type Admission = { person: Person; record: SessionRecord; gate: string; standing: Standing }
const admissions = new WeakMap<Request, Admission>()

/**
 * The person that this request was admitted as, and their standing. Throws when no guard ran: a bug, never a visitor's
 * doing.
 */
export function admissionOf(request: Request): Admission {
  const admission = admissions.get(request)
  if (!admission) throw new Error('a page was reached without passing a guard')
  return admission
}
/** The person that this request was admitted as. Throws when no guard ran. */
export const personOf = (request: Request): Person => admissionOf(request).person

const ended = new WeakMap<Request, SessionRecord>()
/** The session that this request came with, if it ended because the gate asked Entra about it. */
export const endedOf = (request: Request): SessionRecord | undefined => ended.get(request)

type GuardedGate = {
  name: string
  settings: Partial<Pick<GateSettings, 'context' | 'selfService'>>
  standingOf: StandingOf
  known: Known
}
type GuardedGates = {
  all: readonly GuardedGate[]
  named: (name: string) => GuardedGate
  isIn: (record: SessionRecord, name: string) => boolean
}
/** What was decided at one gate. `standing`: where the person stands there, if there is a session. */
type Found = {
  gate: string
  canBeTurnedOn: boolean
  decision: Decision
  membership: Membership
  standing: Standing | undefined
}

/**
 * Makes the middleware that lets a request pass, or ends it with the Problem of its kind: 'not-signed-in',
 * 'not-a-member', 'access-ended', 'membership-unknown', 'too-many-groups', 'redis-away', 'auth-context-missing'. Every
 * refusal is logged with its reason. Of several gates the first that admits the person opens the page. Where none does, the
 * problem is that of the gate that is nearest to opening.
 */
export const createGuard = ({
  config,
  clock,
  sessions,
  gates,
  doubts = createRedisDoubts(),
  observe = () => {},
}: {
  config: Pick<Config, 'membership' | 'session'>
  clock: Clock
  sessions: Pick<Sessions, 'recordOf' | 'forget'>
  gates: GuardedGates
  /** The sessions about which Redis keeps us from telling. */
  doubts?: Pick<RedisDoubts, 'has'>
  /** Told of every decision. */
  observe?: (facts: ReturnType<typeof observationOf>) => void
}) => {
  const { recheckMs, graceMs } = config.membership
  const house = { trustedMs: recheckMs + graceMs, contextMs: config.session.maxMs }

  return (requirement: Requirement): RequestHandler => {
    const opening = gatesOf(requirement).map(gates.named)

    return async function guard(request, response, next) {
      const record = sessions.recordOf(request)
      const { gate, decision, membership, standing } = await foundFor(request, requirement, { record, opening })
      observe(observationOf(decision, { audience: opening.length === 0 ? 'signed-in' : gate, membership, now: now() }))
      if (standing) response.locals.oid = standing.record.identity.objectId
      if (decision.outcome === 'cannot-tell' && doubts.has(request.sessionID)) return next(redisAway(gate, response))
      if (decision.outcome !== 'admit' || !standing || !record) return next(problemFor(decision, gate, response))
      admissions.set(request, { person: decision.person, record, gate, standing })
      if (decision.until !== undefined) cutAt(decision.until - now(), response)
      next()
    }
  }

  function now() {
    return clock().getTime()
  }

  type Come = { record: SessionRecord | undefined; opening: readonly GuardedGate[] }

  async function foundFor(request: Request, requirement: Requirement, { record, opening }: Come): Promise<Found> {
    if (!record) return decided(opening[0] ?? gates.named(membersGate), requirement, undefined)
    if (opening.length === 0) return signedIn(requirement, record)
    const began = performance.now()
    let best: Found | undefined
    for (const gate of opening.length === 1 ? opening : membersFirst(opening, record)) {
      const seen = atGate(record, gate.name)
      // All gates of a page together are waited for no longer than one.
      const leftMs = best ? pageWaitMs - (performance.now() - began) : Infinity
      const known = () => ({ record: seen, membership: gate.known(seen) })
      const standing = await waitAtMost(leftMs, gate.standingOf(request.sessionID, seen), known)
      if (!standing) {
        ended.set(request, record)
        sessions.forget(request)
        return decided(gate, requirement, undefined)
      }
      const found = decided(gate, requirement, standing)
      if (found.decision.outcome === 'admit') return found
      if (!best || farness(found) < farness(best)) best = found
    }
    return best as Found
  }

  /** Gates where the person is a member come first, so that a page of several gates asks no more than a page of one. */
  function membersFirst(opening: readonly GuardedGate[], record: SessionRecord): readonly GuardedGate[] {
    const isIn = new Map(opening.map(({ name }) => [name, gates.isIn(record, name)]))
    return opening.toSorted((one, other) => Number(isIn.get(other.name)) - Number(isIn.get(one.name)))
  }

  /** A page for signed-in people does not ask Entra. A gate's page does, in its own guard. */
  function signedIn(requirement: Requirement, record: SessionRecord): Found {
    const [gate, standing] = firstIn(record) ?? standingAt(gates.named(membersGate), record)
    // It neither admits by a membership nor cuts the answer off at its end.
    const found = decided(gate, requirement, { ...standing, membership: 'unknown' })
    return { ...found, standing }
  }

  /** The first gate at which the person is a member, as far as is known without asking anyone. */
  function firstIn(record: SessionRecord): [GuardedGate, Standing] | undefined {
    for (const gate of gates.all) {
      const found = standingAt(gate, record)
      if (isMember(found[1].membership)) return found
    }
    return undefined
  }

  function standingAt(gate: GuardedGate, record: SessionRecord): [GuardedGate, Standing] {
    const seen = atGate(record, gate.name)
    return [gate, { record: seen, membership: gate.known(seen) }]
  }

  function decided(gate: GuardedGate, requirement: Requirement, standing: Standing | undefined): Found {
    const { identity, contexts = {} } = standing?.record ?? {}
    const membership = standing?.membership ?? 'unknown'
    const isNotListed = standing !== undefined && isUnlisted(standing.record)
    const known = { identity, membership, contexts, now: now(), isUnlisted: isNotListed }
    const decision = decide({ ...known, gateContext: gate.settings.context, ...house }, requirement)
    return { gate: gate.name, canBeTurnedOn: gate.settings.selfService === true, decision, membership, standing }
  }
}
export type Guard = ReturnType<typeof createGuard>

const reasonOf = (decision: Decision): string => ('reason' in decision ? decision.reason : 'admitted')

/**
 * How far a gate is from opening: a check is missing, nobody can tell, access ended, or there never was any. Of two that are
 * alike, a gate at which people turn on access is nearer.
 */
const farness = ({ decision, canBeTurnedOn }: Found): number =>
  2 * fromNearest.indexOf(reasonOf(decision)) + (canBeTurnedOn ? 0 : 1)
const fromNearest: readonly string[] = [
  'auth-context-missing',
  'membership-unknown',
  'too-many-groups',
  'access-ended',
  'not-a-member',
]

/** The decision, the gate or 'signed-in', and how old the proof was that admitted the person. */
const observationOf = (
  decision: Decision,
  { audience, membership, now }: { audience: string; membership: Membership; now: number },
) => ({
  audience,
  outcome: decision.outcome,
  reason: reasonOf(decision),
  proofAgeSeconds:
    decision.outcome === 'admit' && membership !== 'unknown'
      ? Math.max(0, now - membership.provenAt) / 1000
      : undefined,
})

/** Microsoft was not asked, so the page does not say that Microsoft does not answer. */
function redisAway(gate: string, response: Response): Problem {
  const { log, oid } = response.locals
  log.info({ event: 'refused', outcome: 'cannot-tell', reason: 'redis-away', gate, oid })
  return new Problem('redis-away')
}

function problemFor(decision: Decision, gate: string, response: Response): Problem {
  switch (decision.outcome) {
    case 'admit':
      throw new Error('admitted without a standing')
    case 'sign-in':
      return new Problem(decision.reason)
    case 'refuse':
    case 'cannot-tell':
    case 'step-up': {
      const { outcome, reason, ...facts } = decision
      response.locals.log.info({ event: 'refused', outcome, reason, gate, oid: response.locals.oid })
      return new Problem(reason, { facts: { ...facts, gate } })
    }
    default:
      throw new Error('no such outcome', { cause: decision satisfies never })
  }
}

/** A long answer or an open stream ends when the membership does. */
function cutAt(ms: number, response: Response): void {
  if (ms > longestTimerMs) return
  const timer = setTimeout(() => response.destroy(), ms).unref()
  response.once('close', () => clearTimeout(timer))
}
