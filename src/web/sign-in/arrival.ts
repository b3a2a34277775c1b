import { addressIn } from '../../address.ts'
import type { Observations } from '../../audit/observations.ts'
import { membersGate } from '../../config/gates.ts'
import type { Tokens } from '../../entra/oidc/signed-in.ts'
import { Problem } from '../../errors.ts'
import type { Gates } from '../../gate/gates.ts'
import type { MembershipProof } from '../../gate/membership-proof.ts'
import type { SeenByToken } from '../../gate/observing/by-token.ts'
import type { SetUp } from '../../gate/set-up.ts'
import type { Meter } from '../../meter/meter.ts'
import { atGate } from '../../session/record/at-gate.ts'
import type { GateFacts } from '../../session/record/record.ts'
import type { Sessions } from '../../session/sessions.ts'
import type { SignIns } from '../../session/sign-ins.ts'
import { leftMs } from '../request.ts'
import { createOneTimeNotices, type NoticeNeeds } from '../shell/one-time-notice.ts'
import { firstProof } from './first-proof.ts'
import type { Back, Redeemed } from './redeem.ts'

export type ArrivalNeeds = NoticeNeeds & {
  meter: Pick<Meter, 'signIn'>
  sessions: Sessions
  signIns: SignIns
  proof: MembershipProof
  setUp: SetUp
  gates: Gates
  observations: Pick<Observations, 'signedIn' | 'steppedUp'>
  seenByToken: SeenByToken
}

type Proven = Parameters<Sessions['renew']>[1]

/** The steps that every journey back from Entra takes once Entra has named somebody. */
export function createArrival(needs: ArrivalNeeds) {
  const { meter, sessions, signIns, proof, setUp, gates, observations, seenByToken } = needs
  const notices = createOneTimeNotices(needs)

  /**
   * Spends the sign-in, so that it counts once, and says what the session is to know. Throws
   * Problem('sign-in-not-started') when another request has spent it, and Problem('redis-away').
   */
  async function spendAndProve(
    { response, pending }: Back,
    { askedAt, ...signedIn }: Redeemed,
  ): Promise<{ proven: Proven; tokens: Tokens }> {
    const { log } = response.locals
    const { tokens, ...found } = await firstProof(signedIn, { askedAt, proof, setUp, log, leftMs: leftMs(response) })
    const ownProvenAt = askedAt.getTime()
    const contexts = Object.fromEntries(signedIn.contexts.map(context => [context, ownProvenAt]))
    if (!(await signIns.finish(pending))) throw new Problem('sign-in-not-started')
    return { proven: { identity: signedIn.identity, ...found, ownProvenAt, contexts }, tokens }
  }

  /**
   * Counts, logs and records that a session was begun, or went on after a check. `context`: what Microsoft asked for, where
   * it was Microsoft that asked.
   */
  function tellArrival({ request, response, purpose }: Back, proven: Proven, context?: string): void {
    const { kind } = purpose
    const { identity, gates: found } = proven
    const come = { actor: identity, address: addressIn(request.ip) }
    const contexts = Object.keys(proven.contexts)
    if (kind === 'sign-in') observations.signedIn({ ...come, ...(contexts.length > 0 && { contexts }) })
    else observations.steppedUp({ ...come, context: kind === 'step-up' ? purpose.context : context })
    seenByToken(proven)
    response.locals.oid = identity.objectId
    meter.signIn(kind === 'sign-in' ? 'signed-in' : 'stepped-up')
    response.locals.log.info({
      event: kind === 'sign-in' ? 'signed-in' : 'stepped-up',
      oid: identity.objectId,
      context: kind === 'step-up' ? purpose.context : undefined,
      member: memberAt(found[membersGate]),
      gates: Object.keys(found).filter(gate => memberAt(found[gate]) === true),
    })
  }

  /** Leads to the page first asked for, and asks before when access ends, so that this page can say so. It says `notice`, too. */
  async function goIn({ request, response, pending }: Back, notice = pending.notice): Promise<void> {
    const record = sessions.recordOf(request)
    if (record)
      await Promise.all(
        gates.all.map(gate => gate.firstEnd?.(request.sessionID, atGate(record, gate.name), leftMs(response))),
      )
    const { returnTo } = pending
    response.redirect(303, notice ? notices.send(request, returnTo, notice) : returnTo)
  }

  return { spendAndProve, tellArrival, goIn }
}

/** Whether a sign-in proved a membership; 'unknown' where it proved nothing. */
function memberAt({ membership }: GateFacts = { membership: 'unknown' }): boolean | 'unknown' {
  return membership === 'unknown' ? membership : membership.member
}
