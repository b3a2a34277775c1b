import type { Trail } from '../audit/trail.ts'
import type { Clock } from '../clock.ts'
import { defaultRules, type Pim } from '../entra/pim/pim.ts'
import { Problem } from '../errors.ts'
import type { PimToken, Who } from '../gate/asking/pim-token.ts'
import type { Anew } from '../gate/standing.ts'
import type { Log } from '../observability.ts'
import type { KnownPlans } from '../session/replicas/known-plans.ts'
import type { Notes } from '../session/replicas/notes.ts'
import type { Sessions } from '../session/sessions.ts'
import type { Acts } from './acts/acts.ts'
import { createFinding } from './acts/finding.ts'
import type { OpenActs } from './acts/open-acts.ts'
import type { Access, Offer, TurnOn } from './answers.ts'
import { createEnding } from './ending.ts'
import { createExtending } from './extending.ts'
import { createOffers } from './offers.ts'
import type { AsPerson } from './reading/as-person.ts'
import { createOverview } from './reading/overview.ts'
import { createOwnPlan } from './reading/own-plan.ts'
import { patient, within } from './reading/patience.ts'
import { createReads, ifAnswered } from './reading/readings.ts'
import { unansweredAsProblem } from './refusals/from-graph.ts'
import { type Activation, createActivations, keptLifeMs } from './wish/activation.ts'
import { readWish } from './wish/form.ts'
import { createOutlook } from './wish/looking.ts'
import { createProgress } from './wish/progress.ts'
import { claimsFor, createTurningOn } from './wish/sending.ts'

type Needs = {
  clock: Clock
  pim: Pim
  pimToken: PimToken
  asPerson: AsPerson
  notes: Notes
  openActs: OpenActs
  acts: Acts
  anew: Anew
  sessions: Sessions
  knownPlans: KnownPlans
  trail: Trail
  log: Log
}

/** All that people do about their own access. Every act is done with their own token and recorded in the trail. */
export function createAccess(needs: Needs): Access {
  const { clock, pim, asPerson, acts, notes } = needs
  const now = () => clock().getTime()
  const activations = createActivations({ notes, clock })
  const ownPlan = createOwnPlan({ ...needs, activations })
  const findOut = createFinding({ ...needs, ownPlan })
  const look = createOutlook({ ...needs, activations, ownPlan })
  const reads = createReads(needs)
  const offers = createOffers({ ...needs, activations, look, reads, findOut })
  const send = createTurningOn({ ...needs, activations, ownPlan })
  const progress = createProgress({ ...needs, activations, look, offers, reads, findOut })
  const mine = createOverview({ clock, activations, reads, look, findOut, ownPlan })
  const end = createEnding({ ...needs, activations, look, ownPlan, findOut })
  const { extend, outcome } = createExtending({ ...needs, activations, reads, send, ownPlan })

  async function turnOn(who: Who, form: unknown, returnTo: string): Promise<TurnOn> {
    const offered = await offers.offer(who)
    if (offered.kind === 'on' || offered.kind === 'turning-on' || offered.kind === 'waiting')
      return { kind: 'progress' }
    const rules = offered.kind === 'form' ? await asPerson(who, reads.rulesOf, 'act').catch(ifAnswered) : undefined
    if (!rules) return notNow(who, offered.kind === 'form' ? { kind: 'cannot-tell' } : offered, { form, returnTo })
    const read = readWish(form, { ...rules, ticket: rules.ticket || (!rules.known && hasTicket(form)) })
    if ('errors' in read) return notNow(who, await offers.offer(who, read), { form, returnTo })
    const begun = await activations.begin(who, {
      kind: 'turn-on',
      wish: read.wish,
      returnTo,
      ...(rules.context && { claims: claimsFor(rules.context), challenges: 1 }),
    })
    if (!begun) return { kind: 'progress' }
    if (begun.claims) return { kind: 'step-up', activation: begun.id, claims: begun.claims, returnTo }
    return sent(who, begun.id)
  }

  /** Back to the person; where no form can be shown now, what was typed comes back with the next. */
  async function notNow(
    who: Who,
    offer: Offer,
    { form, returnTo }: { form: unknown; returnTo: string },
  ): Promise<TurnOn> {
    const read = readWish(form, defaultRules)
    const typed = 'wish' in read ? read.wish : { ...read.typed, minutes: Math.floor(Number(read.typed.minutes)) }
    const wish = { ...typed, minutes: typed.minutes > 0 ? typed.minutes : 60 }
    if ((offer.kind === 'cannot-tell' || offer.kind === 'unavailable') && typed.reason)
      await activations.begin(who, { kind: 'turn-on', wish, returnTo, stage: 'over' })
    return { kind: 'form', offer }
  }

  async function sent(who: Who, id: string): Promise<TurnOn> {
    const next = await send(who, id)
    if (next.kind === 'step-up') return next
    const activation = await activations.read(who)
    if (activation?.kind === 'extend') return extendedLater(who, id)
    return activation?.stage === 'over' ? { kind: 'form', offer: await offers.offer(who) } : { kind: 'progress' }
  }

  /** Where it was not extended, the way leads to the page that says so. */
  async function extendedLater(who: Who, id: string): Promise<TurnOn> {
    const outcomeOf = await outcome(who, 0)
    if (outcomeOf.kind !== 'refused' && outcomeOf.kind !== 'end-and-again') return { kind: 'progress' }
    const returnTo = '/access'
    await activations.change(who, id, found => ({ ...found, returnTo }))
    return { kind: 'progress', returnTo }
  }

  async function kept(who: Who, id: string) {
    const activation = await activations.read(who)
    const isUsable = activation?.id === id && activation.stage === 'kept' && now() - activation.keptAt < keptLifeMs
    return isUsable ? activation : undefined
  }

  async function cancel(who: Who): Promise<void> {
    await findOut(who)
    const activation = await activations.read(who)
    const waiting = activation?.stage === 'waiting' ? activation.request : undefined
    const request = waiting ?? (await asPerson(who, token => pendingOf(token)).catch(unansweredAsProblem))
    if (!request) return
    const work = acts(
      who,
      { kind: 'cancellation', request },
      () => asPerson(patient(who), token => pim.cancel(token, request), 'act').then(() => ({ verdict: 'done' })),
      async () => {
        if (activation?.stage === 'waiting') await activations.change(who, activation.id, cancelled)
      },
    ).catch(async (thrown: unknown) => {
      // Decided meanwhile, or not answered: what became of it is read, not guessed.
      if (thrown instanceof Problem) throw thrown
      needs.log.info({ event: 'cancel-refused', oid: who.identity.objectId, error: thrown })
      if (activation?.stage === 'waiting') await look(who, activation).catch(() => {})
    })
    await within(who, work, () => undefined)
  }

  async function pendingOf(token: string): Promise<string | undefined> {
    const requests = await pim.requests(token, 'principal', { status: 'PendingApproval' })
    return requests.find(({ action }) => action === 'selfactivate')?.id
  }

  return {
    offer: offers.offer,
    turnOn,
    async resume(who, id, steppedUpAt) {
      const found = await activations.change(who, id, each =>
        each.stage === 'kept' ? { ...each, steppedUpAt } : undefined,
      )
      return found ? sent(who, id) : { kind: 'progress' }
    },
    claimsFor: async (who, id) => (await kept(who, id))?.claims,
    progress,
    cancel,
    mine,
    end,
    extend,
    findOut,
  }
}

const cancelled = (found: Activation): Activation => ({
  ...found,
  stage: 'over',
  status: 'canceled',
  ending: { code: 'cancelled' },
})

const hasTicket = (form: unknown) => typeof form === 'object' && form !== null && 'ticket' in form
