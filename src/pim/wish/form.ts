import type { Rules } from '../../entra/pim/pim.ts'
import { durationsFor, inWords } from './durations.ts'
import { isEmptyPhrase } from './empty-phrases.ts'

export { defaultMinutes, durationsFor } from './durations.ts'

/** What somebody asks for, as the policy may be asked it. */
export type Wish = { reason: string; ticket?: string; minutes: number }
export type WishErrors = Partial<Record<'reason' | 'ticket' | 'minutes', string>>
export type Typed = { reason: string; ticket: string; minutes: string }

const reasonLength = { least: 10, most: 500 }
const longestTicket = 100

/**
 * Reads the form for turning on access. Asks for a reason even where the policy does not: people who review access read
 * it. Lengths are in characters, not in bytes or halves of them.
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

export const isReason = (text: string): boolean => reasonFault(oneLine(text)) === undefined

function reasonFault(reason: string): string | undefined {
  const length = [...reason].length
  if (length > reasonLength.most) return `Use at most ${reasonLength.most} characters. There are ${length} now.`
  if (length >= reasonLength.least && !isEmptyPhrase(reason)) return undefined
  return `Say what you are doing and for whom, for example “Refund 8841 for a customer, agreed with Lee”. Use at least ${reasonLength.least} characters.`
}

function ticketFault(ticket: string, rules: Rules): string | undefined {
  const length = [...ticket].length
  if (length > longestTicket) return `Use at most ${longestTicket} characters. There are ${length} now.`
  return rules.ticket && length === 0 ? 'A ticket is needed, for example INC-20931.' : undefined
}

/** Fields sent twice or not at all are empty ones. */
function textIn(form: unknown, name: string): string {
  const value = typeof form === 'object' && form !== null ? (form as Record<string, unknown>)[name] : undefined
  return typeof value === 'string' ? value : ''
}

/**
 * As it is kept, shown to reviewers and written to lists: one line, without what turns the reading order of the text
 * around it, or cannot be seen. Joiners stay, which some scripts and emoji need.
 */
const oneLine = (text: string): string =>
  text
    .normalize('NFC')
    .replace(/(?![\u200C\u200D])[\p{Cf}\p{Cs}]/gu, '')
    .replace(/[\p{Cc}\s]+/gu, ' ')
    .trim()

const withoutBlanks = (errors: Record<keyof WishErrors, string | undefined>): WishErrors =>
  Object.fromEntries(Object.entries(errors).filter(([, error]) => error !== undefined))
