import type { Offer } from '../../pim/answers.ts'
import { dated, type Instant, instantOf, spoken } from '../shell/instant.ts'
import type { Circumstances } from './circumstances.ts'
import { type TurnOnForm, turnOnForm } from './form-model.ts'

/** The model of an offer of any kind: the fields of other kinds are undefined or empty. */
export type OfferModel = {
  kind: Offer['kind']
  /** The gate as doors are given it. */
  gate: string
  form: TurnOnForm | undefined
  waiting: WaitingModel | undefined
  eligibilityEnded: Instant | undefined
  message: string
  problem: string
}
export type WaitingModel = {
  /** When access would begin, in words. */
  begins: string
  since: Instant
  lapsesAt: Instant
  reason: string
  ticket: string
  length: string
  approvers: readonly string[]
}

/** Turns an offer into the finished values that its view shows. */
export function offerModel(offer: Offer, about: Circumstances): OfferModel {
  const { now } = about
  return {
    kind: offer.kind,
    gate: about.gate,
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
/** The facts of a request for access, as the person who asked and the approver both see them. Instants of `asked` are epoch ms. */
export const requestModel = (asked: Omit<Waiting, 'approvers'>, now: Date): Omit<WaitingModel, 'approvers'> => ({
  since: instantOf(new Date(asked.since), now),
  lapsesAt: instantOf(new Date(asked.lapsesAt), now),
  reason: asked.reason,
  ticket: asked.ticket ?? '',
  length: asked.minutes ? spoken(asked.minutes) : '',
  begins: beginsIn(asked, now),
})

/** The model of a request that is waiting for approval, with the people who can approve it. */
export const waitingModel = (waiting: Waiting, now: Date): WaitingModel => ({
  ...requestModel(waiting, now),
  approvers: waiting.approvers,
})

/** When a waiting request begins, in words: an extension begins when the period before it ends, any other request when it is approved. */
const beginsIn = ({ startsAt = 0 }: { startsAt?: number }, now: Date): string =>
  startsAt > now.getTime() ? `from ${instantOf(new Date(startsAt), now).absolute}` : 'from when it is approved'

/** A message to the group's administrators, ready to send: who asks, for what, where, when, and the reference. */
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
