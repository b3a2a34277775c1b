import type { Trail } from '../../audit/trail.ts'
import { GraphRefusal } from '../../entra/graph/refusal.ts'
import { signInAnew } from '../../entra/oidc/scopes.ts'
import { NoAnswer } from '../../entra/outbound.ts'
import type { PimRequest } from '../../entra/pim/requests.ts'
import type { Who } from '../../gate/asking/pim-token.ts'
import type { Log } from '../../observability.ts'
import { waitAtMost } from '../../patience.ts'
import type { SeenOfActs } from '../acts/seen.ts'
import { outcomeOfRequest, verdictOf, verdictOfThrown } from '../acts/verdict.ts'
import type { StepUpAnswer } from '../answers.ts'
import type { AskingPim } from '../reading/as-person.ts'
import type { OwnPlan } from '../reading/own-plan.ts'
import { patient, whilePageWaits } from '../reading/patience.ts'
import { refusalFrom } from '../refusals/from-graph.ts'
import { rethrowRedisAway } from '../refusals/redis-away.ts'
import { pimRefusal } from '../refusals/words.ts'
import { type Activation, auditedActOf, mayStillBeSent } from './activation.ts'
import type { Activations } from './activations.ts'
import { sameClaims } from './claims.ts'
import { settledBy, settledByRefusal } from './settling.ts'

/** A page waits no longer than this for PIM's answer, in ms. The progress page shows it later. */
const longestWaitMs = 4_000
const mostChallenges = 2

type Sent = StepUpAnswer | { kind: 'progress' }
const sent = (): Sent => ({ kind: 'progress' })

type Needs = AskingPim & {
  activations: Activations
  ownPlan: Pick<OwnPlan, 'prolonged'>
  trail: Trail
  seen: Pick<SeenOfActs, 'refused'>
  log: Log
}

/**
 * Makes the function that sends a wish to PIM, as the person, once: the wish is marked as sent before it is sent, so a
 * second request with the same wish sends nothing. `progress`: the stage of the wish tells its result. Throws
 * Problem('redis-away').
 */
export function createSending({ clock, pim, asPerson, activations, ownPlan, trail, seen, log }: Needs) {
  const now = () => clock().getTime()

  async function send(who: Who, id: string): Promise<Sent> {
    const taken = await activations.change(who, id, found =>
      mayStillBeSent(found, now()) ? { ...found, stage: 'asking', askedAt: now() } : undefined,
    )
    if (!taken) return sent()
    const work = submitAndSettle(patient(who), taken)
    // When this fails, the page may be gone already: the log tells the operator, and the wish tells the person.
    work.catch(error => log.error({ event: 'activation-failed', oid: who.identity.objectId, error }))
    return waitAtMost(longestWaitMs, whilePageWaits(who, work, sent), sent)
  }

  async function submitAndSettle(who: Who, activation: Activation): Promise<Sent> {
    try {
      const request = await submitted(who, activation)
      await settle(who, activation, found => settledBy(request, found, now()))
      const isExtended = activation.kind === 'extend' && verdictOf(request.status, 'granting') === 'done'
      if (isExtended) await ownPlan.prolonged(who, activation)
    } catch (thrown) {
      return settleFailure(who, activation, thrown)
    }
    return sent()
  }

  function submitted(who: Who, activation: Activation): Promise<PimRequest> {
    const { id, wish, startsAt } = activation
    const { reason, ticket, minutes } = wish
    const principalId = who.identity.objectId
    const asked = { reason, minutes, ...(ticket && { ticket }), ...(startsAt !== undefined && { startsAt }) }
    return trail(
      auditedActOf(activation),
      { act: id, actor: who.identity },
      wish,
      () => asPerson(who, token => pim.activate(token, { principalId, ...asked }), 'act'),
      request => outcomeOfRequest(request, 'granting'),
    )
  }

  async function settleFailure(who: Who, activation: Activation, thrown: unknown): Promise<Sent> {
    if (thrown instanceof GraphRefusal && thrown.claims) return challenged(who, activation, thrown.claims)
    // The act may have happened. The progress page asks PIM about it before anything is sent again.
    if (thrown instanceof NoAnswer && verdictOfThrown(thrown) === 'unanswered') return sent()
    rethrowRedisAway(thrown)
    log.info({ event: 'activation-refused', oid: who.identity.objectId, error: thrown })
    seen.refused(who, activation, thrown)
    const problem = refusalFrom(thrown)
    if (problem.code === 'step-up-needed') return challenged(who, activation, signInAnew)
    await settle(who, activation, found => settledByRefusal(problem, found, now()))
    return sent()
  }

  /** The person must prove more. A demand that they have met already would be made for ever, so the wish is over. */
  async function challenged(who: Who, activation: Activation, claims: string): Promise<Sent> {
    const { id, challenges, returnTo } = activation
    if (challenges >= mostChallenges || sameClaims(activation.claims, claims)) {
      await settle(who, activation, found => settledByRefusal(pimRefusal('step-up-in-vain'), found, now()))
      return sent()
    }
    await settle(who, activation, found => ({ ...found, stage: 'kept', claims, challenges: challenges + 1 }))
    return { kind: 'step-up', activation: id, claims, returnTo }
  }

  async function settle(who: Who, { id }: Activation, edit: (found: Activation) => Activation): Promise<void> {
    await activations.change(who, id, found => (found.stage === 'asking' ? edit(found) : undefined))
  }

  return send
}
export type Send = ReturnType<typeof createSending>
