import type { Progress } from '../../pim/answers.ts'
import { turningOnPath } from '../request.ts'
import { doorGate, type NamedGate, titlesOf } from './circumstances.ts'
import { titleOf } from './progress-model.ts'
import { type AtGate, type AtGates, cameToNothing, isUnsent } from './progress-of-all.ts'

/** One line of the list: a gate, what became of access there, and the page about that gate alone where it says more. */
type TogetherLine = { title: string; words: string; href: string }

/**
 * What a waiting page of several gates says beside the gate that it is about. `lines` is empty on the page of one gate.
 * `goesOn`: whether the page leads on once that gate is on, or all of them are, or whether something else is left to do
 * first.
 */
export type TogetherModel = { lines: TogetherLine[]; isAnyUnknown: boolean; goesOn: 'on-it' | 'on-all' | 'left-to-do' }

/** The model of those lines. */
export function togetherModel({ all }: AtGates, returnTo: string, isAnyUnknown: boolean): TogetherModel {
  const areSeveral = all.length > 1
  const lines = areSeveral ? all.map(each => lineOf(each, returnTo)) : []
  return { lines, isAnyUnknown, goesOn: !areSeveral ? 'on-it' : all.some(cameToNothing) ? 'left-to-do' : 'on-all' }
}

function lineOf(each: AtGate, returnTo: string): TogetherLine {
  const { service, progress } = each
  const { gate, title } = service
  const saysMore = progress.step === 'waiting' || cameToNothing(each)
  return { title, words: wordsOf(progress), href: saysMore ? turningOnPath(returnTo, doorGate(gate)) : '' }
}

const wordsOf = (progress: Progress): string => {
  if (progress.step === 'denied' && progress.by) return `${progress.by} said no`
  if (progress.step === 'accepted') return progress.isInForce ? 'Waiting until it works here' : 'Microsoft received it'
  return progress.step === 'refused' ? `${titleOf(progress)}. ${progress.problem.sentence}` : titleOf(progress)
}

/**
 * The gates that the form of such a page asks for, and those that it does not. One check that was not finished may have been
 * for several gates, so their form is one. A no is about one gate.
 */
export function askedAgain({ lead, all }: AtGates): { asked: NamedGate[]; beside: NamedGate[]; named: string } {
  const isAsked = (each: AtGate) => each === lead || (isUnsent(lead.progress) && isUnsent(each.progress))
  const asked = all.filter(isAsked).map(({ service }) => service)
  const beside = all.filter(each => !isAsked(each)).map(({ service }) => service)
  return { asked, beside, named: titlesOf(asked) }
}
