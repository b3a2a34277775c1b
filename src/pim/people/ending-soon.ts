import type { Permitted } from './can-turn-on.ts'
import type { PeriodOn } from './on.ts'

/** A permission that ends soon: to turn on access, or access that an administrator gave. Instants in epoch ms. */
export type EndingSoon = {
  id: string
  what: 'can-turn-on' | 'assigned'
  until: number
  reason?: string
  ticket?: string
}

/** The days before its end in which a permission counts as ending. */
export const soonDays = 14
const soonMs = soonDays * 24 * 3_600_000

/** The permissions that end within 14 days, the next end first. `now` in epoch ms. */
export function endingSoon(
  { on, permitted }: { on: readonly PeriodOn[]; permitted: readonly Permitted[] },
  now: number,
): EndingSoon[] {
  const given = on
    .filter(({ how }) => how === 'assigned')
    .map(({ id, until, request }) => ({ id, what: 'assigned' as const, until, ...whyIn(request ?? {}) }))
  const allowed = permitted.map(each => ({
    id: each.id,
    what: 'can-turn-on' as const,
    until: each.until,
    ...whyIn(each),
  }))
  return [...given, ...allowed]
    .flatMap(({ until, ...each }) => (until !== undefined && until - now <= soonMs ? [{ ...each, until }] : []))
    .sort((one, other) => one.until - other.until)
}

const whyIn = ({ reason, ticket }: { reason?: string; ticket?: string }) => ({
  ...(reason && { reason }),
  ...(ticket && { ticket }),
})
