import type { Request, RequestHandler, Response } from 'express'
import { type Clock, pageWaitMs } from '../clock.ts'
import { type GateSettings, membersGate } from '../config/gates.ts'
import type { Config } from '../config/load.ts'
import { longestTimerMs, waitAtMost } from '../patience.ts'
import { atGate } from '../session/record/at-gate.ts'
import { isMember } from '../session/record/membership.ts'
import { isUnlisted, type SessionRecord } from '../session/record/record.ts'
import type { Sessions } from '../session/sessions.ts'
import { admit, noteEnded } from './admission.ts'
import { createRedisDoubts, type RedisDoubts } from './asking/redis-doubts.ts'
import { decide, gatesOf, type Requirement } from './decide.ts'
import { type Found, farness, observationOf } from './found.ts'
import { knownStanding } from './gates.ts'
import type { SeenAtGate } from './observing/at-the-gate.ts'
import { problemFor, redisAway } from './refusal.ts'
import type { Known, Standing, StandingOf } from './standing.ts'

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
  seen = () => {},
}: {
  config: Pick<Config, 'membership' | 'session'>
  clock: Clock
  sessions: Pick<Sessions, 'recordOf' | 'forget'>
  gates: GuardedGates
  /** The sessions about which Redis keeps us from telling. */
  doubts?: Pick<RedisDoubts, 'has'>
  /** Told of every decision. */
  observe?: (facts: ReturnType<typeof observationOf>) => void
  /** Told of every decision at a gate. */
  seen?: SeenAtGate
}) => {
  const { recheckMs, graceMs } = config.membership
  const house = { trustedMs: recheckMs + graceMs, contextMs: config.session.maxMs }

  return (requirement: Requirement): RequestHandler => {
    const names = gatesOf(requirement)
    const opening = names.map(gates.named)

    return async function guard(request, response, next) {
      const record = sessions.recordOf(request)
      const found = await foundFor(request, requirement, { record, opening })
      const { gate, decision, membership, standing } = found
      if (opening.length > 0) seen(found)
      observe(observationOf(decision, { audience: opening.length === 0 ? 'signed-in' : gate, membership, now: now() }))
      if (standing) response.locals.oid = standing.record.identity.objectId
      if (decision.outcome === 'cannot-tell' && doubts.has(request.sessionID)) return next(redisAway(gate, response))
      if (decision.outcome !== 'admit' || !standing || !record)
        return next(problemFor(decision, { gate, opening: names }, response))
      admit(request, { person: decision.person, record, gate, standing })
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
      // All gates of a page together are waited for no longer than one.
      const leftMs = best ? pageWaitMs - (performance.now() - began) : Infinity
      const standing = await waitAtMost(leftMs, gate.standingOf(request.sessionID, atGate(record, gate.name)), () =>
        knownStanding(gate, record),
      )
      if (!standing) {
        noteEnded(request, record)
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
    const members = gates.named(membersGate)
    const [gate, standing] = firstIn(record) ?? [members, knownStanding(members, record)]
    // It neither admits by a membership nor cuts the answer off at its end.
    const found = decided(gate, requirement, { ...standing, membership: 'unknown' })
    return { ...found, standing }
  }

  /** The first gate at which the person is a member, as far as is known without asking anyone. */
  function firstIn(record: SessionRecord): [GuardedGate, Standing] | undefined {
    for (const gate of gates.all) {
      const standing = knownStanding(gate, record)
      if (isMember(standing.membership)) return [gate, standing]
    }
    return undefined
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

/** A long answer or an open stream ends when the membership does. */
function cutAt(ms: number, response: Response): void {
  if (ms > longestTimerMs) return
  const timer = setTimeout(() => response.destroy(), ms).unref()
  response.once('close', () => clearTimeout(timer))
}
