import type { Clock } from '../../clock.ts'
import type { Redis } from '../redis/redis.ts'
import type { Seal } from '../sealing/seal.ts'
import { createBoard } from './board.ts'
import { createKnownPlans } from './known-plans.ts'
import { createLeases } from './lease.ts'
import { createNotes, type Notes } from './notes.ts'

/**
 * All that replicas remember together about one gate. `about` is the gate's mark, so that two gates, and two installations,
 * never read what is not theirs.
 */
export function createGateStores({
  clock,
  unmarked,
  ...space
}: {
  redis: Redis
  seal: Seal
  prefix: string
  about: string
  clock: Clock
  /** Where the first release keeps plans, for the one gate that it knows. */
  unmarked?: Pick<Notes, 'read'>
}) {
  const notes = createNotes(space)
  return {
    notes,
    knownPlans: createKnownPlans({ notes, clock, ...(unmarked && { unmarked }) }),
    /** Leases on what one replica does for the group. */
    leases: createLeases(space),
    board: createBoard(space),
    /** The secrets that a notification about this gate's group may carry, the newest first. */
    clientStates: () => space.seal.clientStates(space.about),
  }
}
export type GateStores = ReturnType<typeof createGateStores>
