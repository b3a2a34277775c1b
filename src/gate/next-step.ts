import { accountFreshness } from './account-freshness.ts'
import { groupFreshness, mustAskPim, type StepFacts } from './step-facts.ts'

export type NextStep =
  /** The page is served with what is known. */
  | 'serve'
  /** The page is served with what is known, and Entra is asked about the person in the background. */
  | 'serve-and-ask'
  /** The page waits for what PIM says of the person's plan. */
  | 'ask-pim'
  /** The page waits for PIM, and Entra is asked about the person in the background. */
  | 'ask-pim-and-entra'
  /** The page waits until each source whose word is due has been asked. */
  | 'wait'

/** Pure: whom a request asks before its page is decided on, and whether it waits for the answer. */
export function nextStep(facts: StepFacts): NextStep {
  const states = [groupFreshness(facts), accountFreshness(facts.record, facts)]
  if (states.includes('due')) return 'wait'
  const isSoon = states.includes('soon')
  if (mustAskPim(facts)) return isSoon ? 'ask-pim-and-entra' : 'ask-pim'
  return isSoon ? 'serve-and-ask' : 'serve'
}
