import type { Rules } from '../../entra/pim/policy.ts'
import { durationsFor, inWords } from './durations.ts'
import { isEmptyPhrase } from './empty-phrases.ts'

/** A wish that the form and the policy allow. */
export type Wish = { reason: string; ticket?: string; minutes: number }
/** The fault of each field that has one, as a sentence. */
export type WishErrors = Partial<Record<'reason' | 'ticket' | 'minutes', string>>
/** The fields as they were typed. */
export type Typed = { reason: string; ticket: string; minutes: string }

const reasonLength = { least: 10, most: 500 }
const longestTicket = 100

/**
 * Reads the form for turning on access. Returns the wish, or the fault of each field. A reason is needed even where the
 * policy asks for none, because people who review access read it. Lengths are in code points.
 */
export function readWish(form: unknown, rules: Rules): { wish: Wish } | { errors: WishErrors; typed: Typed } {
  const typed = { reason: textIn(form, 'reason'), ticket: textIn(form, 'ticket'), minutes: textIn(form, 'minutes') }
  const [reason, ticket] = [oneLine(typed.reason), oneLine(typed.ticket)]
  const minutes = durationsFor(rules.longestMinutes).find(choice => String(choice) === typed.minutes.trim())
  const errors = withoutBlanks({
    reason: reasonFault(reason),
    ticket: ticketFault(ticket, rules),
    minutes:
      minutes === undefined ? `Choose one of the times listed, up to ${inWords(rules.longestMinutes)}.` : undefined,
  })
  if (minutes === undefined || Object.keys(errors).length > 0) return { errors, typed }
  return { wish: { reason, ...(ticket && { ticket }), minutes } }
}

/** Whether the form would take this text as a reason. */
export const isReason = (text: string): boolean => reasonFault(oneLine(text)) === undefined

/** The fault of a reason on one line, as a sentence. `example`: a reason that would do. */
export function reasonFault(
  reason: string,
  example = 'Say what you are doing and for whom, for example “Refund 8841 for a customer, agreed with Lee”.',
): string | undefined {
  const length = [...reason].length
  if (length > reasonLength.most) return `Use at most ${reasonLength.most} characters. There are ${length} now.`
  if (length >= reasonLength.least && !isEmptyPhrase(reason)) return undefined
  return `${example} Use at least ${reasonLength.least} characters.`
}

/** The fault of a ticket on one line, as a sentence. */
export function ticketFault(ticket: string, rules: Pick<Rules, 'ticket'>): string | undefined {
  const length = [...ticket].length
  if (length > longestTicket) return `Use at most ${longestTicket} characters. There are ${length} now.`
  return rules.ticket && length === 0 ? 'A ticket is needed, for example INC-20931.' : undefined
}

/** The text of a field. A field that was sent twice, or not at all, counts as empty. */
export function textIn(form: unknown, name: string): string {
  const value = typeof form === 'object' && form !== null ? (form as Record<string, unknown>)[name] : undefined
  return typeof value === 'string' ? value : ''
}

/**
 * A text as it is kept and shown to reviewers: on one line, without characters that cannot be seen or that turn the
 * reading order of the text around them. Joiners stay, because some scripts and emoji need them.
 */
export const oneLine = (text: string): string =>
  text
    .normalize('NFC')
    .replace(/(?![\u200C\u200D])[\p{Cf}\p{Cs}]/gu, '')
    .replace(/[\p{Cc}\s]+/gu, ' ')
    .trim()

const withoutBlanks = (errors: Record<keyof WishErrors, string | undefined>): WishErrors =>
  Object.fromEntries(Object.entries(errors).filter(([, error]) => error !== undefined))
