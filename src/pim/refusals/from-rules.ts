import { type PimRefusal, refusalOf, sendReference } from './words.ts'

/** What a form can mend, in its order. */
const onTheForm = [
  { rule: 'JustificationRule', code: 'reason-needed', asks: 'a reason' },
  { rule: 'TicketingRule', code: 'ticket-needed', asks: 'a ticket' },
  { rule: 'ExpirationRule', code: 'too-long', asks: 'a shorter time' },
] as const

/** The rules of a policy that a request did not meet, as one refusal; the fields to mend come first. */
export function ofRules(rules: readonly string[]): PimRefusal {
  const missed = new Set(rules)
  // Nothing else matters to somebody who may not turn it on at all.
  if (missed.has('EligibilityRule')) return refusalOf('not-eligible')
  const toMend = onTheForm.filter(({ rule }) => missed.has(rule))
  const [first] = toMend
  const isUnknown = rules.some(rule => rule !== 'MfaRule' && !onTheForm.some(known => known.rule === rule))
  if (!first) return isUnknown || missed.size === 0 ? ofUnknownRule : refusalOf('step-up-needed')
  if (toMend.length === 1 && !isUnknown) return refusalOf(first.code)
  const asked = [...toMend.map(({ asks }) => asks), ...(isUnknown ? ['something that this form does not have'] : [])]
  return {
    ...refusalOf(first.code),
    sentence: `Microsoft asks for ${listed(asked)}. Correct the form and send it again.`,
  }
}

const ofUnknownRule: PimRefusal = {
  ...refusalOf('refused'),
  sentence: `Your organisation has a rule for turning on access that this request does not meet. ${sendReference}`,
}

const listed = (items: readonly string[]) => new Intl.ListFormat('en-GB').format(items)
