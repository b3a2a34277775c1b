import type { Clock } from '../../clock.ts'
import type { Config } from '../../config/load.ts'
import type { GroupListing } from '../../entra/graph/group-listing.ts'
import type { Log } from '../../observability.ts'
import type { Board } from '../../session/replicas/board.ts'
import type { Leases } from '../../session/replicas/lease.ts'
import { createAnnouncements } from './announcements.ts'
import { membershipIn, type RosterSource } from './roster.ts'
import { createSharedRoster } from './shared-roster.ts'

/** How often (ms) a replica looks at the board: what one replica learned, all know within a second. */
const lookMs = 500
/** So long (ms) a request waits for a roster that is made anew. */
const longestWaitMs = 4_000
const waitStepMs = 100

/**
 * Watches the group: one replica at a time lists it, every period or at once after a change was announced, and shares
 * the list; all replicas hold it in memory. Without MEMBERSHIP_ROSTER only the announcements are watched.
 */
export function createWatch({
  config,
  clock,
  list,
  board,
  leases,
  log,
  delayMs = 0,
  onListed,
}: {
  config: Pick<Config, 'membership'>
  clock: Clock
  /** Lists the group at Graph; throws when the answer is not whole. */
  list: () => Promise<GroupListing>
  board: Board
  leases: Leases
  log: Log
  /** How long (ms) the first list of its own accord waits, so that several groups are not listed at once. */
  delayMs?: number
  /** Told of each list that this replica asked for. */
  onListed?: Parameters<typeof createSharedRoster>[0]['onListed']
}) {
  const { roster: isOn, rosterMs } = config.membership
  const announcements = createAnnouncements({ clock, board, onHeard: () => roster.outdate() })
  const { announcedAt, heardAt } = announcements
  const roster = createSharedRoster({ clock, rosterMs, list, board, leases, log, announcedAt, onListed })
  let timer: NodeJS.Timeout | undefined
  let turn: NodeJS.Timeout | undefined
  /** What others announce and list is heard of meanwhile. */
  let isWaiting = delayMs > 0
  let isStopped = false
  let isRetired = false
  let failures = 0
  let looking: Promise<void> | undefined

  /** One look at the board, and a poll if one is owed. Whoever comes meanwhile shares the look. */
  const look = (owed: () => boolean): Promise<void> => {
    looking ??= lookOnce(owed).finally(() => {
      looking = undefined
    })
    return looking
  }

  async function lookOnce(owed: () => boolean): Promise<void> {
    await announcements.hear()
    if (isOn) await roster.renew(owed)
  }

  const source: RosterSource = {
    membershipOf: objectId => (isOn ? membershipIn(roster.current(), objectId, clock().getTime()) : 'unknown'),
    async renew(askedAfter) {
      const end = performance.now() + longestWaitMs
      const isOld = () => roster.askedAt() <= askedAfter
      while (isOn && isOld() && performance.now() < end) {
        await look(roster.mayPoll)
        if (!isOld() || (await roster.isPaused())) return
        await new Promise(resolve => setTimeout(resolve, waitStepMs))
      }
    },
  }

  function again(): void {
    look(isRetired || isWaiting ? () => false : roster.isOwed)
      .then(
        () => {
          failures = 0
        },
        error => {
          // Once in an outage; not at the start, when Redis is not there yet.
          failures += 1
          if (failures === 2) log.warn({ event: 'watch-failed', error })
        },
      )
      .finally(() => {
        if (!isStopped) timer = setTimeout(again, lookMs).unref()
      })
  }

  function takeTurn(): void {
    isWaiting = false
  }

  return {
    source,
    /** Proofs from before this instant (epoch ms) are stale. */
    staleBefore: announcedAt,
    /** When that was heard of, in epoch ms of our own clock. */
    heardAt,
    roster: roster.current,
    /** A change of the group was announced: every replica asks anew. Throws Problem('redis-away'). */
    async announce(): Promise<void> {
      await announcements.announce()
      look(roster.isOwed).catch(error => log.warn({ event: 'watch-failed', error }))
    },
    start(): void {
      if (isWaiting) turn = setTimeout(takeTurn, delayMs).unref()
      again()
    },
    /** Leaves polling to the other replicas; still looks at what they learned, for the requests that are not over. */
    retire(): void {
      isRetired = true
    },
    stop(): void {
      isStopped = true
      clearTimeout(timer)
      clearTimeout(turn)
    },
  }
}
export type Watch = ReturnType<typeof createWatch>
