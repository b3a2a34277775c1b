import type { Clock } from '../../clock.ts'
import type { Removals } from '../administration/carrying-out.ts'
import type { AsPerson } from '../reading/as-person.ts'
import { patient } from '../reading/patience.ts'
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
  function periodInHand({ readings }: GateWithPeople, objectId: string): PeriodOn | undefined {
    const reading = readings.inHand()
    const periods = reading ? periodsOn(reading, clock().getTime()) : []
    return periods.find(({ id, how }) => id === objectId && how !== 'past-pim')
  }

  return {
    async begin(who, { gate, person: { objectId }, comment }) {
      const at = find(gate)
      if (!at) return
      const found = periodInHand(at, objectId)
      const { from, until, later = [] } = found ?? {}
      const period = from === undefined ? undefined : { from, ...(until !== undefined && { until }) }
      await at.endingHere.begin({ tenantId, objectId }, { by: who.identity.name, comment, period })
      at.readings.forget()
      // An extension that was granted would let them in again when this period would have ended. Where Microsoft does not
      // cancel it, it stays on the page.
      const cancelling = later.map(({ id }) => asAdministrator(patient(who), token => at.pim.cancel(token, id), 'act'))
      await Promise.allSettled(cancelling)
    },

    async carriedOut(gate, objectId) {
      const at = find(gate)
      await at?.endingHere.carriedOut({ tenantId, objectId })
      at?.readings.forget()
    },
  }
}
