import { type PimRefusal, pimRefusal, sendReference } from './words.ts'

/** The rules that the form can meet, in the order of its fields. */
const onTheForm = [
  { rule: 'JustificationRule', code: 'reason-needed', asks: 'a reason' },
  { rule: 'TicketingRule', code: 'ticket-needed', asks: 'a ticket' },
  { rule: 'ExpirationRule', code: 'too-long', asks: 'a shorter time' },
] as const

/** One refusal for all the rules of a policy that a request did not meet. Fields to mend come first. */
export function ofRules(rules: readonly string[]): PimRefusal {
  const missed = new Set(rules)
  // Mending a field does not help a person who may not turn access on at all.
  if (missed.has('EligibilityRule')) return pimRefusal('not-eligible')
  const toMend = onTheForm.filter(({ rule }) => missed.has(rule))
  const [first] = toMend
  const isUnknown = rules.some(rule => rule !== 'MfaRule' && !onTheForm.some(known => known.rule === rule))
  if (!first) return isUnknown || missed.size === 0 ? ofUnknownRule : pimRefusal('step-up-needed')
  if (toMend.length === 1 && !isUnknown) return pimRefusal(first.code)
  const asked = [...toMend.map(({ asks }) => asks), ...(isUnknown ? ['something that this form does not have'] : [])]
  return {
    ...pimRefusal(first.code),
    sentence: `Microsoft asks for ${inOneList(asked)}. Correct the form and send it again.`,
  }
}

const ofUnknownRule: PimRefusal = {
  ...pimRefusal('refused'),
  sentence: `Your organisation has a rule for turning on access that this request does not meet. ${sendReference}`,
}

const inOneList = (items: readonly string[]) => new Intl.ListFormat('en-GB').format(items)
