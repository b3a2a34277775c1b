import type { Clock } from '../../clock.ts'
import type { Removals } from '../administration/carrying-out.ts'
import type { AsPerson } from '../reading/as-person.ts'
import { patient } from '../reading/patience.ts'
import type { EndGiven } from './ending-here.ts'
import type { GateWithPeople } from './gates-with-people.ts'
import { type PeriodOn, periodsOn } from './on.ts'

type Needs = {
  clock: Clock
  tenantId: string
  find: (name: string) => GateWithPeople | undefined
  asAdministrator: AsPerson
}

/** What else happens where an administrator takes access away: it ends here at once, and nothing that was granted follows it. */
export function createRemovals({ clock, tenantId, find, asAdministrator }: Needs): Removals {
  function periodsInHand({ readings }: GateWithPeople, objectId: string): PeriodOn[] {
    const reading = readings.inHand()
    const periods = reading ? periodsOn(reading, clock().getTime()) : []
    return periods.filter(({ id, how }) => id === objectId && how !== 'past-pim')
  }

  return {
    async begin(who, { gate, person: { objectId }, comment }) {
      const at = find(gate)
      if (!at) return
      const found = periodsInHand(at, objectId)
      await at.endingHere.begin({ tenantId, objectId }, { by: who.identity.name, comment, period: allOf(found) })
      at.readings.forget()
      // An extension that was granted would let them in again when this period would have ended. Where Microsoft does not
      // cancel it, it stays on the page.
      const later = found.flatMap(period => period.later)
      const cancelling = later.map(({ id }) => asAdministrator(patient(who), token => at.pim.cancel(token, id), 'act'))
      await Promise.allSettled(cancelling)
    },

    async carriedOut(gate, objectId, askedAt) {
      const at = find(gate)
      await at?.endingHere.carriedOut({ tenantId, objectId }, askedAt)
      at?.readings.forget()
    },
  }
}

/** All periods of a person that run, as one: since the last of them began, and until none of them would run. */
function allOf(periods: readonly PeriodOn[]): EndGiven['period'] {
  const begins = periods.flatMap(({ from }) => from ?? [])
  if (begins.length === 0) return undefined
  const until = Math.max(...periods.map(period => period.until ?? Infinity))
  return { from: Math.max(...begins), ...(until < Infinity && { until }) }
}
