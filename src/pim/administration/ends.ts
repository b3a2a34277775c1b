import { type AccessKind, accessKinds, type GivingRule, type GivingRules } from '../../entra/pim/giving-rules.ts'
import { shortestMinutes } from '../../entra/pim/limits.ts'

const minuteMs = 60_000
const hour = 60
const day = 24 * hour

const usual = {
  eligible: { lengths: [7 * day, 30 * day, 90 * day, 180 * day, 365 * day], proposed: 90 * day },
  active: { lengths: [hour, 4 * hour, 8 * hour, day, 7 * day, 30 * day], proposed: 8 * hour },
} as const satisfies Record<AccessKind, unknown>

/** The lengths that the form offers for one kind of access, in minutes, shortest first; 'none' is access without an end. */
export type Length = number | 'none'

/** The choices that one of the rules allows at least, and the one that is proposed. */
export function lengthsFor(kind: AccessKind, rules: readonly GivingRule[]): { choices: Length[]; proposed: Length } {
  const longest = Math.max(...rules.map(({ longestMinutes = Infinity }) => longestMinutes))
  const { lengths, proposed } = usual[kind]
  const within: Length[] = [...lengths.filter(length => length < longest), longest === Infinity ? 'none' : longest]
  return { choices: within, proposed: within.find(length => length === proposed) ?? within[0] ?? 'none' }
}

/** The same for both kinds, over the rules of several gates. */
export const lengthsOver = (rules: readonly GivingRules[]) => {
  const [eligible, active] = accessKinds.map(kind =>
    lengthsFor(
      kind,
      rules.map(each => each[kind]),
    ),
  )
  return { eligible, active } as Record<AccessKind, ReturnType<typeof lengthsFor>>
}

/**
 * When access ends that lasts so many minutes from now on, to the minute. Of the longest length the policy's own clock
 * might have less left than ours, so that one ends a moment sooner. Epoch ms.
 */
export function endAfter(minutes: number, { longestMinutes = Infinity }: GivingRule, now: number): number {
  const wholeMinute = (at: number) => Math.floor(at / minuteMs) * minuteMs
  const latest = longestMinutes === Infinity ? Infinity : wholeMinute(now + longestMinutes * minuteMs - 1)
  return Math.min(wholeMinute(now + minutes * minuteMs), latest)
}

/** The last minute of a day that a form names (2027-03-31), by UTC; undefined for anything that is no day. Epoch ms. */
export function endOfDay(text: string): number | undefined {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return undefined
  const at = Date.parse(`${text}T23:59:00Z`)
  return Number.isFinite(at) && new Date(at).toISOString().startsWith(text) ? at : undefined
}

/** Why access may not end then; undefined where it may. Without `until` (epoch ms) it has no end. */
export function endFault(
  until: number | undefined,
  { longestMinutes = Infinity }: GivingRule,
  now: number,
): 'too-long' | 'too-short' | 'end-needed' | undefined {
  if (until === undefined) return longestMinutes === Infinity ? undefined : 'end-needed'
  if (until - now < shortestMinutes * minuteMs) return 'too-short'
  return until - now > longestMinutes * minuteMs ? 'too-long' : undefined
}
