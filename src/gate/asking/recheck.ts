import type { Observations } from '../../audit/observations.ts'
import type { Clock } from '../../clock.ts'
import type { Oidc } from '../../entra/oidc/oidc.ts'
import { isProblem } from '../../errors.ts'
import type { Log } from '../../observability.ts'
import { atGate } from '../../session/record/at-gate.ts'
import type { SessionRecord } from '../../session/record/record.ts'
import type { Leases } from '../../session/replicas/lease.ts'
import type { Sessions } from '../../session/sessions.ts'
import type { Vault } from '../../session/vault.ts'
import type { MembershipProof } from '../membership-proof.ts'
import type { SeenByToken } from '../observing/by-token.ts'
import type { SetUp } from '../set-up.ts'
import type { Rechecked, RecheckOf, Wanted } from './answer.ts'
import type { Blocked } from './blocked.ts'
import { createProvenSince, type ProvenSince } from './proven-since.ts'
import { createRedeeming } from './redeeming.ts'
import { createRedisDoubts, type RedisDoubts } from './redis-doubts.ts'
import { inRefreshTurn } from './refresh-turn.ts'
import { createSingleFlight } from './single-flight.ts'
import type { TurnLimits } from './turns.ts'
import { createUnanswered } from './unanswered.ts'

/** A gate about which sessions are asked, and what is heard of changes of its group. */
export type AskedGate = {
  name: string
  /**
   * Proofs from before this instant (epoch ms) are stale: a change of the group was announced then, perhaps by a clock
   * ahead of ours.
   */
  staleBefore?: () => number
  /** When that was heard of, in epoch ms of our own clock. */
  heardAt?: () => number
}

/**
 * Asks Entra anew about the person of a session, by redeeming the refresh token: one at a time for a session, across
 * all replicas, whichever gate wants to know; the others wait and read the result. One answer proves all gates. After a
 * failure nobody tries again for a while. Only so many sessions are asked about at once, each in its turn; a session that
 * gets no turn is unanswered. Returns the function that asks on behalf of the gate of a name.
 */
export function createRecheck({
  clock,
  oidc,
  vault,
  sessions,
  leases,
  proof,
  gates,
  log,
  blocked,
  doubts = createRedisDoubts(),
  setUp,
  observations,
  seenByToken,
  inFlight,
}: {
  clock: Clock
  oidc: Pick<Oidc, 'refresh'>
  vault: Vault
  sessions: Sessions
  leases: Leases
  proof: MembershipProof
  gates: readonly AskedGate[]
  log: Log
  /** Told of a session that ended because a policy forbade its token. */
  blocked?: Blocked | undefined
  /** Told of each session about which Redis kept us from asking. */
  doubts?: RedisDoubts
  setUp?: SetUp | undefined
  /** Told of a session that Entra's answer ended. */
  observations?: Pick<Observations, 'sessionEnded'> | undefined
  /** Told of each session that Entra answered about. */
  seenByToken?: SeenByToken | undefined
  inFlight?: TurnLimits | undefined
}): (gate: string) => RecheckOf {
  const now = () => clock().getTime()
  const provenSince = new Map<string, ProvenSince>(
    gates.map(({ name, heardAt = () => 0 }) => [name, createProvenSince({ now, heardAt })]),
  )
  const isProvenSince = (sessionId: string, record: SessionRecord, { gate, provenAfter }: Wanted): boolean =>
    provenSince.get(gate)?.isProvenSince(sessionId, atGate(record, gate), provenAfter) ?? false
  const notedProven = (sessionId: string, proven: readonly string[], askedAt: number): void => {
    for (const gate of proven) provenSince.get(gate)?.note(sessionId, askedAt)
  }
  const unanswered = createUnanswered({ sessions, leases, log, blocked, observations })
  const announced = new Map(gates.map(({ name, staleBefore = () => 0 }) => [name, staleBefore]))
  const staleBefore = (gate: string): number => announced.get(gate)?.() ?? 0
  const known = { isProvenSince, notedProven, gates: gates.map(({ name }) => name) }
  const redeem = createRedeeming({ oidc, vault, sessions, proof, ...known, unanswered, now, staleBefore, setUp })
  const recheck = createSingleFlight({ ask, isProvenSince, onBegin: doubts.clear, log, limits: inFlight })

  return gate => async (sessionId, provenAfter) => {
    const answer = await recheck(sessionId, { gate, provenAfter })
    if (typeof answer !== 'object') return answer
    seenByToken?.(answer.record)
    return { record: atGate(answer.record, gate) }
  }

  async function ask(sessionId: string, wanted: Wanted): Promise<Rechecked<SessionRecord>> {
    let oid: string | undefined

    async function look(): Promise<Rechecked<SessionRecord> | undefined> {
      const record = await sessions.read(sessionId)
      if (!record) return 'over'
      oid = record.identity.objectId
      if (isProvenSince(sessionId, record, wanted)) return { record }
      return (await leases.isPaused(sessionId)) ? 'unanswered' : undefined
    }

    try {
      const refresh = () => redeem(sessionId, wanted)
      return (await inRefreshTurn(sessionId, { leases, look, refresh })) ?? 'unanswered'
    } catch (thrown) {
      // Redis could be read, but it could not be asked this, or not written: no answer, which signs nobody out.
      if (!isProblem(thrown, 'redis-away')) throw thrown
      // Nothing can be paused where nothing is written. Each request asks again, and the log need not say so each time.
      if (doubts.note(sessionId)) log.warn({ event: 'recheck-failed', oid, code: thrown.code, error: thrown })
      return 'unanswered'
    }
  }
}
