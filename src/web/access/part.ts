import { membersGate } from '../../config/gates.ts'
import { Problem } from '../../errors.ts'
import type { SelfService } from '../../pim/self-service.ts'
import { besideNamed, gatesNamed } from '../request.ts'

/** The services of the part that exists only while people may turn on their own access (PIM_SELF_SERVICE). */
export type SelfServiceNeeds = { selfService: readonly SelfService[] }

/** The services at the gate of this name; undefined where people turn on nothing there. */
export const selfServiceOf = ({ selfService }: SelfServiceNeeds, name: string): SelfService | undefined =>
  selfService.find(({ gate }) => gate === name)

/**
 * Makes the function that finds the services of the gate that a form or an address names (`gate`), or of `members` where it
 * names none. It throws Problem('not-found') where people turn on nothing at that gate.
 */
export const createServiceAt =
  (needs: SelfServiceNeeds) =>
  (...given: readonly unknown[]): SelfService =>
    servicesAt(needs, given)[0]

/** Makes the same function for forms and addresses that may name several gates. */
export const createServicesAt =
  (needs: SelfServiceNeeds) =>
  (...given: readonly unknown[]) =>
    servicesAt(needs, given)

/**
 * Makes the function for the page that waits for several gates, in the order of the settings. It leaves out the names that
 * the settings of this replica do not know (any more), and says whether it did. It throws Problem('not-found') where it
 * knows none of them.
 */
export const createKnownServicesAt = (needs: SelfServiceNeeds) => (given: unknown) => {
  const names = gatesNamed(given)
  const known = needs.selfService.filter(({ gate }) => names.includes(gate))
  const [first, ...others] = known.length > 0 ? known : servicesAt(needs, [given])
  return { services: [first, ...others] as [SelfService, ...SelfService[]], isAnyUnknown: known.length < names.length }
}

/** The services at the gates that a form names beside those that it asks for. Names that nobody knows here are left out. */
export const servicesBeside = ({ selfService }: SelfServiceNeeds, form: unknown): SelfService[] => {
  const names = besideNamed(form)
  return selfService.filter(({ gate }) => names.includes(gate))
}

function servicesAt(needs: SelfServiceNeeds, given: readonly unknown[]): [SelfService, ...SelfService[]] {
  const named = given.map(gatesNamed).find(names => names.length > 0) ?? [membersGate]
  const found = named.map(name => selfServiceOf(needs, name))
  if (found.includes(undefined)) throw new Problem('not-found')
  return found as [SelfService, ...SelfService[]]
}

/** The value of `:id` in a path. */
export const idParam = ({ id }: Record<string, unknown>): string => (typeof id === 'string' ? id : '')
