import type { ListName } from '../../entra/pim/group-lists.ts'
import { type Permitted, permittedPeople } from './can-turn-on.ts'
import { type EndingSoon, endingSoon } from './ending-soon.ts'
import { type GroupReading, missingIn, type WhyMissing } from './lists.ts'
import { type PeriodOn, periodsOn } from './on.ts'
import { type WaitingPerson, waitingPeople } from './waiting-people.ts'

/** Who has access at one gate, and who could have it. Instants in epoch ms. */
export type GatePeople = {
  gate: string
  title: string
  asOf: number
  on: readonly PeriodOn[]
  waiting: readonly WaitingPerson[]
  permitted: readonly Permitted[]
  soon: readonly EndingSoon[]
  missing: readonly { list: ListName; why: WhyMissing }[]
}
/** The people in a reading of a gate. `now` in epoch ms. */
export function peopleIn(
  { gate, title }: { gate: string; title: string },
  reading: GroupReading,
  now: number,
): GatePeople {
  const on = periodsOn(reading, now)
  const permitted = permittedPeople(reading, now)
  return {
    gate,
    title,
    asOf: reading.asOf,
    on,
    permitted,
    waiting: waitingPeople(reading, now),
    soon: endingSoon({ on, permitted }, now),
    missing: missingIn(reading),
  }
}
