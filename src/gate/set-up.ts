import type { Clock } from '../clock.ts'
import type { Groups, Identity } from '../entra/claims.ts'
import type { Log } from '../observability.ts'
import { lagMs } from '../session/record/plan.ts'

const hourMs = 3_600_000
const mostPeople = 1_000
/** With so many different people, and no group in any of their tokens, the set-up is doubtful. */
const several = 5

const guid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

const advice = {
  names: 'tokens name groups by words, not by object id: take the format off the optional claim "groups"',
  'listed-elsewhere':
    'somebody is in the group, but their token names no group at all: look at groupMembershipClaims (ApplicationGroup), and whether the group itself is assigned to the enterprise application',
  nobody:
    'no token has named a group yet, of several people: look at groupMembershipClaims (ApplicationGroup), and whether the group itself is assigned to the enterprise application',
  'too-many-groups':
    'somebody is in more groups than a token can list, and Graph may not be asked in their name: grant admin consent to the delegated permissions User.Read and GroupMember.Read.All',
} as const
type Doubt = keyof typeof advice

/**
 * Notices that the application, not the person, may be the reason of a "no": a fault of the set-up looks like a person
 * who is not a member. The log says so once an hour for each kind and replica. Nobody is refused or let in by it.
 */
export function createSetUp({
  clock,
  log,
  isListed,
}: {
  clock: Clock
  log: Pick<Log, 'warn' | 'error'>
  /** Whether the roster names this person, if there is one. */
  isListed?: (objectId: string) => boolean
}) {
  const now = () => clock().getTime()
  const told = new Map<Doubt, number>()
  /** The people whose tokens have named no group at all; empty as soon as anybody's token names one. */
  const without = new Set<string>()
  /** Since when (epoch ms) that is so of a person whom another source names as a member. */
  const missing = new Map<string, number>()

  function tell(doubt: Doubt, details: object = {}): void {
    if (Math.abs(now() - (told.get(doubt) ?? 0)) < hourMs) return
    told.set(doubt, now())
    const level = doubt === 'too-many-groups' ? 'error' : 'warn'
    const event = doubt === 'too-many-groups' ? 'too-many-groups' : 'set-up-doubtful'
    log[level]({ event, why: doubt, ...details }, advice[doubt])
  }

  return {
    /** Hears of a token that came for this person. `isRunning`: PIM itself has told that their access is on. */
    saw({ objectId }: Pick<Identity, 'objectId'>, groups: Groups, { isRunning = false } = {}): void {
      if (groups.length > 0) {
        without.clear()
        missing.clear()
        if (groups !== 'overage' && !groups.some(group => guid.test(group))) tell('names')
        return
      }
      if (without.size < mostPeople) without.add(objectId)
      if (without.size >= several) tell('nobody', { people: without.size })
      if (!isRunning && !isListed?.(objectId)) {
        missing.delete(objectId)
        return
      }
      // A token may lag behind for a while. It is doubtful when it does so for longer.
      const since = missing.get(objectId) ?? now()
      if (missing.size < mostPeople) missing.set(objectId, since)
      if (now() - since >= lagMs) tell('listed-elsewhere', { oid: objectId })
    },

    /** Hears that this person is in too many groups for a token, and that Graph may not be asked. */
    tooManyGroups: ({ objectId }: Pick<Identity, 'objectId'>, error: unknown): void =>
      tell('too-many-groups', { oid: objectId, error }),
  }
}
export type SetUp = ReturnType<typeof createSetUp>
