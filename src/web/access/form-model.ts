import type { FormOffer } from '../../pim/answers.ts'
import { type Instant, instantOf, spoken } from '../shell/instant.ts'
import type { NamedGate } from './circumstances.ts'

const minuteMs = 60_000

export type Choice = { minutes: number; label: string; ends: Instant; isChosen: boolean }
export type TurnOnForm = {
  action: string
  button: string
  returnTo: string
  /** The gates as doors are given them. */
  gates: readonly string[]
  /** The names of the gates that the page after this form waits for, too. */
  beside: readonly string[]
  choices: Choice[]
  longest: string
  asksTicket: boolean
  asksApproval: boolean
  needs: string[]
  reason: string
  ticket: string
  errors: { field: 'reason' | 'ticket' | 'minutes'; text: string }[]
  errorOf: { reason: string; ticket: string; minutes: string }
  problem: string
  last: { at: Instant; length: string; reason: string; ticket: string; minutes: number } | undefined
  now: string
}
/** How a page wants the form. `prefill` proposes the last reason, because the same work goes on. */
export type WantedForm = {
  now: Date
  returnTo: string
  gate: string
  gates?: readonly string[]
  beside?: readonly NamedGate[]
  action?: string
  button?: string
  prefill?: boolean
  from?: Date
}

/** The form as a page shows it: typed text comes before proposed text. Length of choices is in minutes. */
export function turnOnForm(offer: FormOffer, about: WantedForm): TurnOnForm {
  const { now, returnTo, gate, gates = [gate].filter(Boolean), beside = [], from = now } = about
  const { action, button, prefill } = about
  const { typed, last, errors = {}, problem, needs } = offer
  const proposed = prefill ? last : undefined
  const chosen = chosenOf(offer, typed ? Number(typed.minutes) : (proposed?.minutes ?? offer.minutes))
  const found = (['reason', 'ticket', 'minutes'] as const).flatMap(field => {
    const text = errors[field] ?? (problem?.field === field ? problem.sentence : undefined)
    return text ? [{ field, text }] : []
  })
  const errorOf = { reason: '', ticket: '', minutes: '', ...Object.fromEntries(found.map(e => [e.field, e.text])) }
  return {
    action: action ?? '/access',
    button: button ?? (needs.approval ? 'Ask for access' : 'Turn on access'),
    returnTo,
    gates,
    beside: beside.map(each => each.gate),
    choices: offer.choices.map(minutes => ({
      minutes,
      label: spoken(minutes),
      ends: instantOf(new Date(from.getTime() + minutes * minuteMs), now),
      isChosen: minutes === chosen,
    })),
    longest: spoken(offer.longestMinutes),
    asksTicket: offer.ticket,
    asksApproval: needs.approval,
    needs: needsOf(offer),
    reason: typed?.reason ?? proposed?.reason ?? '',
    ticket: typed?.ticket ?? proposed?.ticket ?? '',
    errors: found,
    errorOf,
    problem: problem && !problem.field ? problem.sentence : '',
    last: last && {
      at: instantOf(new Date(last.at), now),
      length: spoken(last.minutes),
      reason: last.reason,
      ticket: last.ticket ?? '',
      minutes: last.minutes,
    },
    now: now.toISOString(),
  }
}

const chosenOf = ({ choices, minutes }: FormOffer, wish: number) => (choices.includes(wish) ? wish : minutes)

/** Says before the button is pressed what Microsoft will ask of whom. */
function needsOf({ needs: { passkey, approval, approvers }, rulesKnown }: FormOffer): string[] {
  if (!rulesKnown) return ['Microsoft may ask for your passkey, or for somebody’s approval.']
  return [
    passkey ? 'You will be asked for your passkey.' : '',
    approval ? `${anyOf(approvers)} will be asked to approve it.` : 'It does not need approval.',
  ].filter(Boolean)
}

/** Names several people of whom any one can act, as the beginning of a sentence. */
export const anyOf = (names: readonly string[]): string =>
  names.length === 0 ? 'Somebody who may approve' : new Intl.ListFormat('en-GB', { type: 'disjunction' }).format(names)
