import { type AccessKind, accessKinds, type GivingRules } from '../../entra/pim/giving-rules.ts'
import { inWords } from '../wish/durations.ts'
import { oneLine, reasonFault, textIn, ticketFault } from '../wish/form.ts'
import { endAfter, endFault, endOfDay } from './ends.ts'
import { mostPeople } from './order.ts'

/** The fields of the form as they were typed. */
export type GivingTyped = Record<(typeof fields)[number], string>
const fields = ['who', 'gate', 'kind', 'eligibleFor', 'activeFor', 'untilDate', 'reason', 'ticket', 'change'] as const
/** The fault of each field that has one, as a sentence. */
export type GivingErrors = Partial<Record<'who' | 'gate' | 'kind' | 'until' | 'reason' | 'ticket', string>>
/** What is to be given, as the form and the policy allow it. Without `until` (epoch ms) it has no end. */
export type Giving = { kind: AccessKind; until?: number; reason: string; ticket?: string }

const exampleOfReason =
  'Say why they get it and who agreed, for example “Joins the refunds rota, agreed with Lee Park”.'
const longestLine = 200

/** The fields of a form as they were typed; empty where they were not sent. */
export const typedGiving = (form: unknown): GivingTyped =>
  Object.fromEntries(fields.map(name => [name, textIn(form, name)])) as GivingTyped

/**
 * The people that a text names, one a line: names, addresses or object ids. An address in angle brackets, as mail programs
 * copy it, is taken out of them.
 */
export function namedPeople(who: string): string[] {
  const lines = who.split(/[\n\r;]+/).map(line => /<([^<>\s]+@[^<>\s]+)>/.exec(line)?.[1] ?? oneLine(line))
  return [...new Set(lines.filter(Boolean))].map(line => line.slice(0, longestLine))
}

/**
 * Reads what the form gives, against the rules of its gate. `until` is the end that the person saw before they pressed the
 * button ('none': without an end); without it the end is that of the length or the day that was chosen. A reason is needed
 * even where the policy asks for none, because people who review access read it. `now` in epoch ms.
 */
export function readGiving(
  form: unknown,
  rules: GivingRules,
  now: number,
): { giving: Giving } | { errors: GivingErrors } {
  const typed = typedGiving(form)
  const kind = accessKinds.find(each => each === typed.kind)
  if (!kind) return { errors: { kind: 'Choose how they get it.' } }
  const [reason, ticket] = [oneLine(typed.reason), oneLine(typed.ticket)]
  const until = endIn(form, kind, rules, now)
  const found = {
    until:
      until === 'unreadable'
        ? 'Choose for how long, or write a day such as 2027-03-31.'
        : whyNot(until, rules[kind], now),
    reason: reasonFault(reason, exampleOfReason),
    ticket: ticketFault(ticket, rules[kind]),
  }
  const errors: GivingErrors = Object.fromEntries(Object.entries(found).filter(([, text]) => text !== undefined))
  if (until === 'unreadable' || Object.keys(errors).length > 0) return { errors }
  return { giving: { kind, reason, ...(until !== undefined && { until }), ...(ticket && { ticket }) } }
}

/** The fault of the people that the form names, before anybody is looked up. */
export function whoFault(named: readonly string[]): string | undefined {
  if (named.length === 0) return 'Write a name, an address or an object id.'
  return named.length > mostPeople
    ? `Name at most ${mostPeople} people at once. There are ${named.length} now.`
    : undefined
}

function endIn(form: unknown, kind: AccessKind, rules: GivingRules, now: number): number | undefined | 'unreadable' {
  const seen = textIn(form, 'until')
  if (seen === 'none') return undefined
  if (seen)
    return /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/.test(seen) ? Date.parse(seen) || 'unreadable' : 'unreadable'
  const typed = typedGiving(form)
  if (typed.untilDate.trim()) return endOfDay(typed.untilDate.trim()) ?? 'unreadable'
  const length = typed[`${kind}For`]
  if (length === 'none') return undefined
  return /^\d{1,7}$/.test(length) ? endAfter(Number(length), rules[kind], now) : 'unreadable'
}

function whyNot(until: number | undefined, rule: GivingRules[AccessKind], now: number): string | undefined {
  switch (endFault(until, rule, now)) {
    case 'too-long':
      return `The longest that is allowed is ${longestInWords(rule.longestMinutes ?? 0)}. Choose an earlier end.`
    case 'end-needed':
      return `An end is needed, after ${longestInWords(rule.longestMinutes ?? 0)} at the latest.`
    case 'too-short':
      return 'Microsoft gives no access for less than five minutes. Choose a later end.'
    default:
      return undefined
  }
}

const day = 24 * 60
/** A length in minutes as people say it: in days where it is whole days. */
export const longestInWords = (minutes: number): string =>
  minutes >= day && minutes % day === 0 ? `${minutes / day} day${minutes === day ? '' : 's'}` : inWords(minutes)
