import { defaultRules } from '../entra/pim/policy.ts'
import type { Who } from '../gate/asking/pim-token.ts'
import type { Access, ExtendAnswer, Offer, TurnOnAnswer } from './answers.ts'
import type { Offers } from './offers.ts'
import type { AskingPim } from './reading/as-person.ts'
import { type Reads, undefinedIfUnanswered } from './reading/readings.ts'
import { mayStillBeSent } from './wish/activation.ts'
import type { Activations } from './wish/activations.ts'
import { firstDemand } from './wish/claims.ts'
import { readWish } from './wish/form.ts'
import type { Send } from './wish/sending.ts'
import { shownOf, stateOf } from './wish/stages.ts'

type Needs = Pick<AskingPim, 'clock' | 'asPerson'> & {
  activations: Activations
  offers: Offers
  reads: Reads
  send: Send
  /** The result of an extension that was sent. */
  extensionOf: (who: Who, from: number) => Promise<ExtendAnswer>
}

/** Turns on access: reads the form, keeps the wish, and sends it, at once or after the person has proved more. */
export function createTurningOn(needs: Needs): Pick<Access, 'turnOn' | 'resume' | 'claimsFor'> {
  const { clock, asPerson, activations, offers, reads, send, extensionOf } = needs
  const now = () => clock().getTime()

  async function turnOn(who: Who, form: unknown, returnTo: string): Promise<TurnOnAnswer> {
    const offered = await offers.offer(who)
    if (needsNoForm(offered)) return { kind: 'progress' }
    if (offered.kind !== 'form') return notNow(who, offered, { form, returnTo })
    const rules = await asPerson(who, reads.rulesOrDefaults, 'act').catch(undefinedIfUnanswered)
    if (!rules) return notNow(who, { kind: 'cannot-tell' }, { form, returnTo })
    const read = readWish(form, { ...rules, ticket: rules.ticket || (!rules.known && hasTicket(form)) })
    if ('errors' in read) return notNow(who, await offers.offer(who, read), { form, returnTo })
    const begun = await activations.begin(who, { kind: 'turn-on', wish: read.wish, returnTo, ...firstDemand(rules) })
    if (!begun) return { kind: 'progress' }
    if (begun.claims) return { kind: 'step-up', activation: begun.id, claims: begun.claims, returnTo }
    return answerAfter(who, begun.id)
  }

  /**
   * Leads the person back. Where no form can be shown now, the typed text is kept, and comes back with the next form.
   */
  async function notNow(who: Who, offer: Offer, sent: { form: unknown; returnTo: string }): Promise<TurnOnAnswer> {
    const wish = typedIn(sent.form)
    if ((offer.kind === 'cannot-tell' || offer.kind === 'unavailable') && wish.reason)
      await activations.begin(who, { kind: 'turn-on', wish, returnTo: sent.returnTo, stage: 'over' })
    return { kind: 'form', offer }
  }

  async function answerAfter(who: Who, id: string): Promise<TurnOnAnswer> {
    const sent = await send(who, id)
    if (sent.kind === 'step-up') return sent
    const activation = await activations.read(who)
    if (activation?.kind === 'extend') return answerAfterExtending(who, id)
    const isBack = activation && shownOf[stateOf(activation, now())].answer === 'back'
    return isBack ? { kind: 'form', offer: await offers.offer(who) } : { kind: 'progress' }
  }

  /** An extension that came to nothing leads to My access, which says so. */
  async function answerAfterExtending(who: Who, id: string): Promise<TurnOnAnswer> {
    const { kind } = await extensionOf(who, 0)
    if (kind !== 'refused' && kind !== 'end-and-again') return { kind: 'progress' }
    const returnTo = '/access'
    await activations.change(who, id, found => ({ ...found, returnTo }))
    return { kind: 'progress', returnTo }
  }

  return {
    turnOn,
    async resume(who, id, steppedUpAt) {
      const found = await activations.change(who, id, each =>
        each.stage === 'kept' ? { ...each, steppedUpAt } : undefined,
      )
      return found ? answerAfter(who, id) : { kind: 'progress' }
    },
    async claimsFor(who, id) {
      const activation = await activations.read(who)
      return activation?.id === id && mayStillBeSent(activation, now()) ? activation.claims : undefined
    },
  }
}

const needsNoForm = ({ kind }: Offer) => kind === 'on' || kind === 'turning-on' || kind === 'waiting'

/** The wish that was typed, whether or not it has faults. */
function typedIn(form: unknown) {
  const read = readWish(form, defaultRules)
  const typed = 'wish' in read ? read.wish : { ...read.typed, minutes: Math.floor(Number(read.typed.minutes)) }
  return { ...typed, minutes: typed.minutes > 0 ? typed.minutes : 60 }
}

const hasTicket = (form: unknown) => typeof form === 'object' && form !== null && 'ticket' in form
