import * as z from 'zod'
import { durationOf } from './durations.ts'
import { enablementRule, expirationRule, type Rule } from './rules.ts'

const kindWish = z.strictObject({
  /** Left out: no end is needed. */
  maxMinutes: z.number().int().min(5).optional(),
  reason: z.boolean().default(false),
  ticket: z.boolean().default(false),
  mfa: z.boolean().default(false),
})
/** The whole of what administrators must give when they make people eligible, and when they assign them. */
export const givingWish = z.strictObject({ eligible: kindWish.optional(), active: kindWish.optional() })

const levels = { eligible: 'Eligibility', active: 'Assignment' } as const

/** The rules for administrators that a wish makes. */
export function rulesForGiving(wish: z.output<typeof givingWish>): Rule[] {
  return (['eligible', 'active'] as const).flatMap(kind => {
    const asked = wish[kind]
    if (!asked) return []
    const of = ['Admin', levels[kind]] as const
    const { maxMinutes, reason, ticket, mfa } = asked
    const wanted = { Justification: reason, Ticketing: ticket, MultiFactorAuthentication: mfa }
    const enabled = Object.entries(wanted).flatMap(([name, isWanted]) => (isWanted ? [name] : []))
    return [
      expirationRule(maxMinutes === undefined ? undefined : durationOf(maxMinutes), of),
      enablementRule(enabled, of),
    ]
  })
}
