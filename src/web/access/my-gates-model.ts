import type { Gates } from '../../gate/gates.ts'
import type { SessionRecord } from '../../session/record/record.ts'
import type { myAccessModel } from './mine-model.ts'

type OneModel = ReturnType<typeof myAccessModel>

/**
 * The model of My access for all gates: the first gate, and every other gate that concerns the person. `roles` are the
 * titles of gates that the person has, and at which nobody turns anything on here.
 */
export function myGatesModel(all: readonly OneModel[], roles: readonly string[]) {
  const [first, ...others] = all
  const gates = [...(first ? [first] : []), ...others.filter(concerns)]
  return { gates, areSeveral: gates.length > 1 || roles.length > 0, roles }
}

const concerns = ({ hasOne, form, recent, eligible, isTurningOn, problem, notExtended }: OneModel): boolean =>
  hasOne ||
  form !== undefined ||
  recent.length > 0 ||
  eligible ||
  isTurningOn ||
  problem !== '' ||
  notExtended !== undefined

/** The titles of the gates at which the person is in, although nobody turns on access there: gates of roles, or set so. */
export const heldRoles = (gates: Gates, record: SessionRecord): string[] =>
  gates.all.filter(({ name, settings }) => !settings.selfService && gates.isIn(record, name)).map(({ title }) => title)
