import type { FormOffer } from '../answers.ts'
import type { Readings } from '../reading/readings.ts'
import { turnedOnIn } from '../reading/uses.ts'
import { pimRefusal } from '../refusals/words.ts'
import type { Activation } from './activation.ts'
import { defaultMinutes, durationsFor } from './durations.ts'
import type { WishErrors } from './form.ts'
import { problemIn } from './outcome.ts'
import { shownOf, stateOf } from './stages.ts'

/** The typed text comes back with the form for this long after it was kept, in ms. */
const typedLifeMs = 26 * 3_600_000

/** A form that was sent and comes back: the typed text, and the faults in it. */
export type Returned = Pick<FormOffer, 'typed' | 'errors'>

type About = Pick<Readings, 'rules' | 'requests' | 'approvers'> & {
  activation: Activation | undefined
  returned?: Returned
  /** Epoch ms. */
  now: number
}

/** The form as it can be offered: the policy's limits, the last use, and the text that was typed before. */
export function formOf({ rules, requests, approvers, activation, returned = {}, now }: About): FormOffer {
  const choices = durationsFor(rules.longestMinutes)
  const uses = turnedOnIn(requests)
  const [last] = uses
  const lastUses = uses.map(({ minutes = 0 }) => minutes)
  const proposed = defaultMinutes(lastUses, choices)
  const kept = activation && comesBack(activation, now) ? activation : undefined
  const typed = returned.typed ?? (kept && typedOf(kept, proposed))
  const shown = returned.errors ? { errors: returned.errors } : kept ? whatWentWrong(kept, now) : {}
  return {
    choices,
    minutes: choices.find(each => String(each) === typed?.minutes) ?? proposed,
    longestMinutes: rules.longestMinutes,
    ticket: rules.ticket || shown.errors?.ticket !== undefined,
    needs: { passkey: rules.context !== undefined || rules.mfa, approval: rules.approval, approvers },
    ...(last && { last: lastOf(last) }),
    ...(typed && { typed }),
    ...shown,
    rulesKnown: rules.known,
  }
}

const comesBack = (activation: Activation, now: number) =>
  shownOf[stateOf(activation, now)].form !== 'blank' && now - activation.keptAt < typedLifeMs

const typedOf = ({ wish }: Activation, proposed: number) => ({
  reason: wish.reason,
  ticket: wish.ticket ?? '',
  minutes: String(wish.minutes || proposed),
})

const lastOf = ({ createdAt, minutes = 0, reason = '', ticket }: Readings['requests'][number]) => ({
  at: createdAt,
  minutes,
  reason,
  ...(ticket && { ticket }),
})

/** Why the form is shown again, at the field that mends it where there is one. */
function whatWentWrong(activation: Activation, now: number): Pick<FormOffer, 'problem' | 'errors'> {
  const { stage, claims, challenges } = activation
  if (shownOf[stateOf(activation, now)].form !== 'typed-and-why') return {}
  if (stage === 'kept') return claims && challenges > 0 ? { problem: pimRefusal('step-up-cancelled') } : {}
  const problem = problemIn(activation)
  const errors: WishErrors = problem.field ? { [problem.field]: problem.sentence } : {}
  return { problem, ...(problem.field && { errors }) }
}
