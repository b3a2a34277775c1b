import type { ForTurningOn, Pending } from '../../session/sign-in-record.ts'
import { type SelfServiceNeeds, selfServiceOf } from '../access/part.ts'
import { turningOnPath } from '../request.ts'

/** The gates at which access is turned on together, each once: those whose wishes wait for a check first. */
export const gatesTogether = ({ gate, more = [], beside = [] }: Omit<ForTurningOn, 'kind' | 'person'>): string[] => [
  ...new Set([gate, ...more.map(each => each.gate), ...beside]),
]

/**
 * Makes the function that says where a way to Entra leads back to when it breaks off. The page that it came from knows
 * nothing of other gates. So where access is turned on at several, the way leads to the page that says of each what became
 * of it, if the settings of this replica describe one of them.
 */
export const createPathBack =
  (needs: SelfServiceNeeds) =>
  ({ purpose, returnTo }: Pick<Pending, 'purpose' | 'returnTo'>): string => {
    const gates = purpose.kind === 'turning-on' ? gatesTogether(purpose) : []
    const isKnown = gates.some(gate => selfServiceOf(needs, gate))
    return gates.length > 1 && isKnown ? turningOnPath(returnTo, gates) : returnTo
  }
