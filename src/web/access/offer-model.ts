import type { Offer } from '../../pim/answers.ts'
import { dated, type Instant, instantOf, spoken } from '../shell/instant.ts'
import { type TurnOnForm, turnOnForm } from './form-model.ts'

export type Circumstances = {
  now: Date
  groupName: string
  environmentName: string
  name: string
  username: string
  baseUrl: string
  returnTo: string
  reference: string
  /** Propose what was typed the last time: the same work goes on. */
  prefill?: boolean
  action?: string
  button?: string
}
/** What a page needs to show an offer, whichever it is. */
export type OfferModel = {
  kind: Offer['kind']
  form: TurnOnForm | undefined
  waiting: WaitingModel | undefined
  eligibilityEnded: Instant | undefined
  message: string
  problem: string
}
export type WaitingModel = {
  /** When it would begin. */
  begins: string
  since: Instant
  lapsesAt: Instant
  reason: string
  ticket: string
  length: string
  approvers: readonly string[]
}

export function offerModel(offer: Offer, about: Circumstances): OfferModel {
  const { now } = about
  return {
    kind: offer.kind,
    form: offer.kind === 'form' ? turnOnForm(offer.form, about) : undefined,
    waiting: offer.kind === 'waiting' ? waitingModel({ ...offer.request, approvers: offer.approvers }, now) : undefined,
    eligibilityEnded: offer.kind === 'not-eligible' && offer.endedAt ? dated(new Date(offer.endedAt), now) : undefined,
    message: offer.kind === 'not-eligible' ? messageOf(offer.endedAt, about) : '',
    problem: offer.kind === 'unavailable' ? offer.problem.sentence : '',
  }
}

type Waiting = {
  startsAt?: number
  since: number
  lapsesAt: number
  reason: string
  ticket?: string
  minutes?: number
  approvers: readonly string[]
}
export const waitingModel = (waiting: Waiting, now: Date): WaitingModel => ({
  since: instantOf(new Date(waiting.since), now),
  lapsesAt: instantOf(new Date(waiting.lapsesAt), now),
  reason: waiting.reason,
  ticket: waiting.ticket ?? '',
  length: waiting.minutes ? spoken(waiting.minutes) : '',
  begins: beginsIn(waiting, now),
  approvers: waiting.approvers,
})

/** An extension begins when the period before it ends, all else when it is approved. */
export const beginsIn = ({ startsAt = 0 }: { startsAt?: number }, now: Date): string =>
  startsAt > now.getTime() ? `from ${instantOf(new Date(startsAt), now).absolute}` : 'from when it is approved'

/** Ready to be sent to whoever gives out access: who, what, where, when, and the reference they will want. */
function messageOf(endedAt: number | undefined, about: Circumstances): string {
  const { now, groupName, environmentName, name, username, baseUrl, returnTo, reference } = about
  const place = environmentName ? `${baseUrl} (${environmentName})` : baseUrl
  const wish = endedAt
    ? `My permission to turn on access to “${groupName}” ended on ${dated(new Date(endedAt), now).absolute}. Please renew it.`
    : `Please let me turn on access to “${groupName}” when I need it.`
  return [
    'Hello,',
    wish,
    'I need it for: ',
    `I am ${name} (${username}). I was at ${place}, page ${returnTo}, at ${now.toISOString().slice(0, 16).replace('T', ' ')} UTC.`,
    `Reference ${reference}.`,
  ].join('\n')
}
