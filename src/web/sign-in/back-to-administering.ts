import { administratorsGate } from '../../config/gates.ts'
import type { Config } from '../../config/load.ts'
import { assertSamePerson } from '../../entra/claims.ts'
import type { PimToken } from '../../gate/asking/pim-token.ts'
import { decide } from '../../gate/decide.ts'
import { knownStanding } from '../../gate/gates.ts'
import type { Administration } from '../../pim/administration/administration.ts'
import { contextIn } from '../../pim/wish/claims.ts'
import type { SessionRecord } from '../../session/record/record.ts'
import type { ForAdministering } from '../../session/sign-in-record.ts'
import { whoOf } from '../request.ts'
import { freshCheckOf } from '../served.ts'
import { type ArrivalNeeds, createArrival } from './arrival.ts'
import { denialIn, problemOfDenial } from './entra-answer.ts'
import { type Back, createRedeem, type RedeemNeeds } from './redeem.ts'
import { createToEntra } from './to-entra.ts'
import { assertStillTheirs, loginHintOf } from './who-began.ts'

export type AdministeringNeeds = RedeemNeeds &
  ArrivalNeeds & {
    config: Pick<Config, 'gates' | 'membership' | 'session'>
    administrationToken: PimToken
    administration: Pick<Administration, 'claimsFor' | 'resume'>
  }

/**
 * Back from proving what Microsoft asked of an administrator: their order goes on, where they may still give orders. Where
 * they may not, or not yet again, its receipt says what was not sent.
 */
export function createBackToAdministering(needs: AdministeringNeeds) {
  const { administration, administrationToken, clock, config, gates, oidc, sessions } = needs
  const toEntra = createToEntra(needs)
  const redeem = createRedeem(needs)
  const { spendAndProve, tellArrival } = createArrival(needs)

  return async (back: Back<ForAdministering>): Promise<void> => {
    const { request, response, answer, pending, purpose } = back
    const before = assertStillTheirs(purpose, sessions.recordOf(request)?.identity)
    const denied = denialIn(answer, oidc.issuer)
    // The order is kept: its receipt says what was not sent.
    if (denied?.error === 'access_denied') return response.redirect(303, pending.returnTo)
    if (denied) throw problemOfDenial(denied, 'sign-in-cancelled')
    const claims = await administration.claimsFor({ identity: before, sessionId: request.sessionID }, purpose.order)
    const redeemed = await redeem(back, { before, claims })
    if (!redeemed) return
    assertSamePerson(before, redeemed.identity)
    const { proven, tokens } = await spendAndProve(back, redeemed)
    await sessions.renew(request, proven, tokens)
    tellArrival(back, proven, contextIn(claims))
    const record = sessions.recordOf(request)
    const who = whoOf({ identity: redeemed.identity }, request, response)
    // Exactly this token: Microsoft would refuse an older one again.
    await administrationToken.keep(who.sessionId, redeemed.tokens)
    if (!record || !mayGiveOrders(record)) return response.redirect(303, pending.returnTo)
    const going = await administration.resume(who, purpose.order)
    if (going.kind === 'receipt') return response.redirect(303, pending.returnTo)
    const loginHint = loginHintOf(redeemed.identity)
    await toEntra(request, response, { ...pending, claims: going.claims, loginHint })
  }

  /** What the gate asks of every act, without asking anyone: Entra has just said who this is. */
  function mayGiveOrders(record: SessionRecord): boolean {
    const gate = gates.find(administratorsGate)
    const stepUp = freshCheckOf(administratorsGate, config.gates)
    if (!gate || !stepUp) return false
    const { membership } = knownStanding(gate, record)
    const { recheckMs, graceMs } = config.membership
    const { identity, contexts } = record
    const facts = { identity, membership, contexts, now: clock().getTime(), trustedMs: recheckMs + graceMs }
    const { outcome } = decide({ ...facts, contextMs: config.session.maxMs }, { audience: administratorsGate, stepUp })
    return outcome === 'admit'
  }
}
