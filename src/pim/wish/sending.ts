import type { Trail } from '../../audit/trail.ts'
import type { Clock } from '../../clock.ts'
import { GraphRefusal } from '../../entra/graph/refusal.ts'
import { signInAnew } from '../../entra/oidc/scopes.ts'
import { NoAnswer } from '../../entra/outbound.ts'
import type { Pim, PimRequest } from '../../entra/pim/pim.ts'
import { Problem } from '../../errors.ts'
import type { Who } from '../../gate/asking/pim-token.ts'
import type { Log } from '../../observability.ts'
import { outcomeOf, verdictOf, verdictOfThrown } from '../acts/verdict.ts'
import type { AsPerson } from '../reading/as-person.ts'
import type { OwnPlan } from '../reading/own-plan.ts'
import { patient, within } from '../reading/patience.ts'
import { type PimRefusal, refusalFrom, refusalOf } from '../refusals/from-graph.ts'
import { type Activation, type Activations, keptLifeMs, settled } from './activation.ts'

/** How a wish went on: the person must prove more first, or its stage in the activation says. */
export type Sent = { kind: 'step-up'; activation: string; claims: string; returnTo: string } | { kind: 'sent' }

/** A page waits no longer; the answer is read on the progress page. */
const longestWaitMs = 4_000
const mostChallenges = 2

/** The claims that ask Entra for an authentication context in a token for Graph. */
export const claimsFor = (context: string): string =>
  JSON.stringify({ access_token: { acrs: { essential: true, value: context } } })

/**
 * Sends a wish to PIM, as the person, once: it is marked as sent before it is, and whoever comes second with the same
 * wish only sees how it goes.
 */
export function createTurningOn({
  clock,
  pim,
  asPerson,
  activations,
  ownPlan,
  trail,
  log,
}: {
  clock: Clock
  pim: Pim
  asPerson: AsPerson
  activations: Activations
  ownPlan: Pick<OwnPlan, 'prolonged'>
  trail: Trail
  log: Log
}) {
  const now = () => clock().getTime()

  /** Sends the wish of this id. `claims`: what the person's token proves since they came back from Entra. */
  async function send(who: Who, id: string): Promise<Sent> {
    const taken = await activations.change(who, id, found =>
      found.stage === 'kept' && now() - found.keptAt < keptLifeMs
        ? { ...found, stage: 'asking', askedAt: now() }
        : undefined,
    )
    if (!taken) return { kind: 'sent' }
    const work = attempt(patient(who), taken)
    // When the page has gone on, what goes wrong is read from the activation.
    work.catch(error => log.error({ event: 'activation-failed', oid: who.identity.objectId, error }))
    return within(who, work, () => ({ kind: 'sent' }), longestWaitMs)
  }

  async function attempt(who: Who, activation: Activation): Promise<Sent> {
    try {
      const request = await submitted(who, activation)
      await settle(who, activation, found => settled(found, request, now()))
      const isExtended = activation.kind === 'extend' && verdictOf(request.status, 'granting') === 'done'
      if (isExtended) await ownPlan.prolonged(who, activation)
    } catch (thrown) {
      return afterFailure(who, activation, thrown)
    }
    return { kind: 'sent' }
  }

  function submitted(who: Who, { id, kind, wish, startsAt }: Activation): Promise<PimRequest> {
    const { identity } = who
    const { reason, ticket, minutes } = wish
    const asked = { reason, minutes, ...(ticket && { ticket }), ...(startsAt !== undefined && { startsAt }) }
    return trail(
      kind === 'extend' ? 'extension' : 'activation',
      { act: id, actor: identity },
      wish,
      () => asPerson(who, token => pim.activate(token, { principalId: identity.objectId, ...asked }), 'act'),
      request => outcomeOf(request, 'granting'),
    )
  }

  async function afterFailure(who: Who, activation: Activation, thrown: unknown): Promise<Sent> {
    if (thrown instanceof GraphRefusal && thrown.claims) return challenged(who, activation, thrown.claims)
    // It may have happened: the progress page looks before anything is sent again.
    if (thrown instanceof NoAnswer && verdictOfThrown(thrown) === 'unanswered') return { kind: 'sent' }
    if (thrown instanceof Problem && thrown.code === 'redis-away') throw thrown
    log.info({ event: 'activation-refused', oid: who.identity.objectId, error: thrown })
    const problem = refusalFrom(thrown)
    if (problem.code === 'step-up-needed') return challenged(who, activation, signInAnew)
    await settle(who, activation, found => refused(found, problem, now()))
    return { kind: 'sent' }
  }

  /** What was proven already and is asked for again would be so for ever. */
  async function challenged(who: Who, activation: Activation, claims: string): Promise<Sent> {
    const { id, challenges, returnTo } = activation
    if (challenges >= mostChallenges || sameClaims(activation.claims, claims)) {
      await settle(who, activation, found => refused(found, refusalOf('step-up-in-vain'), now()))
      return { kind: 'sent' }
    }
    await settle(who, activation, found => ({ ...found, stage: 'kept', claims, challenges: challenges + 1 }))
    return { kind: 'step-up', activation: id, claims, returnTo }
  }

  async function settle(who: Who, { id }: Activation, edit: (found: Activation) => Activation): Promise<void> {
    await activations.change(who, id, found => (found.stage === 'asking' ? edit(found) : undefined))
  }

  return send
}
export type TurningOn = ReturnType<typeof createTurningOn>

export function refused(activation: Activation, problem: PimRefusal, at: number): Activation {
  const { code } = problem
  // Somebody's other tab, or the portal: what is asked for is there, or on its way.
  if (code === 'already-on' && activation.kind === 'turn-on')
    return { ...activation, stage: 'accepted', acceptedAt: at, wasOn: true }
  if (code === 'already-waiting') return { ...activation, stage: 'waiting' }
  return { ...activation, stage: 'over', ending: { code, at, problem } }
}

const acrsOf = (claims: string | undefined) => {
  const found = claims && (JSON.parse(claims) as { access_token?: { acrs?: unknown } }).access_token?.acrs
  return found ? JSON.stringify(found) : undefined
}
const sameClaims = (before: string | undefined, now: string) =>
  acrsOf(before) === undefined ? before === now : acrsOf(before) === acrsOf(now)
