import type { TurnOnAnswer } from '../../pim/answers.ts'
import { type Reply, redirect, toEntra, view } from '../page.ts'
import { turningOnPath } from '../request.ts'
import type { Circumstances } from './circumstances.ts'
import { offerModel } from './offer-model.ts'

/** The reply to a form that turns on access: to the waiting page, to Entra for one more check, or the form with its faults (422). */
export function turnedOn(outcome: TurnOnAnswer, about: Circumstances): Reply {
  if (outcome.kind === 'step-up') return toEntra({ ...outcome, gate: about.gate })
  if (outcome.kind === 'progress' || ['on', 'turning-on', 'waiting'].includes(outcome.offer.kind))
    return redirect(turningOnPath(about.returnTo, about.gate))
  const { groupName, named, beside = [], returnTo, reference } = about
  const askedFor = beside.map(({ title }) => title)
  const model = { offer: offerModel(outcome.offer, about), groupName, named, askedFor, returnTo, reference }
  return view('turn-on', about.action ? 'Extend access' : 'Turn on access', model, { status: 422 })
}
