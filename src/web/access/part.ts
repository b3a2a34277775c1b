import { membersGate } from '../../config/gates.ts'
import { Problem } from '../../errors.ts'
import type { SelfService } from '../../pim/self-service.ts'
import { gateNamed } from '../request.ts'

/** The services of the part that exists only while people may turn on their own access (PIM_SELF_SERVICE). */
export type SelfServiceNeeds = { selfService: readonly SelfService[] }

/**
 * Makes the function that finds the services of the gate that a form or an address names (`gate`), or of `members` where it
 * names none. It throws Problem('not-found') where people turn on nothing at that gate.
 */
export const createServiceAt =
  ({ selfService }: SelfServiceNeeds) =>
  (...given: readonly unknown[]): SelfService => {
    const name = given.map(gateNamed).find(named => named !== undefined) ?? membersGate
    const found = selfService.find(({ gate }) => gate === name)
    if (!found) throw new Problem('not-found')
    return found
  }

/** The value of `:id` in a path. */
export const idParam = ({ id }: Record<string, unknown>): string => (typeof id === 'string' ? id : '')
