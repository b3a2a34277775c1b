import { type Clock, clockToleranceMs } from '../../clock.ts'
import type { GroupListing } from '../../entra/graph/group-listing.ts'
import { retryAfterMsOf } from '../../entra/oidc/errors.ts'
import type { Log } from '../../observability.ts'
import type { Board } from '../../session/replicas/board.ts'
import type { Leases } from '../../session/replicas/lease.ts'
import { boardLifeMs } from './announcements.ts'
import { type Roster, readRoster, rosterFrom } from './roster.ts'

/**
 * In ms. A replica renews its lease while it lists the group. One that dies meanwhile, or a Redis that did, holds up
 * the others no longer than this.
 */
const leaseMs = 3_000
/** However many ends and refusals there are, Graph is asked no more often (ms) than this. */
const shortestPollMs = 1_000
const longestPauseMs = 5_000

/** The roster that one replica asks Graph for, and all share over the board and hold in memory. */
export function createSharedRoster({
  clock,
  rosterMs,
  list,
  board,
  leases,
  log,
  announcedAt,
  onListed = () => {},
}: {
  clock: Clock
  /** How often the group is listed, in ms. */
  rosterMs: number
  /** Lists the group at Graph; throws when the answer is not whole. */
  list: () => Promise<GroupListing>
  board: Pick<Board, 'at' | 'read' | 'post'>
  leases: Pick<Leases, 'hold' | 'isPaused' | 'pause'>
  log: Pick<Log, 'warn'>
  /** When the last change of the group was announced, in epoch ms. */
  announcedAt: () => number
  /** Told of each list that this replica asked for, and of the roster that was made of it. Nobody waits for it. */
  onListed?: ((roster: Roster, listing: GroupListing) => void) | undefined
}) {
  let roster: Roster | undefined
  /**
   * The roster that was in hand when the last change was announced. It says nothing of that change, whichever clock
   * dated it.
   */
  let outdated: Roster | undefined
  /** By `performance.now()`. */
  let polledAt = -Infinity
  const now = () => clock().getTime()
  /** In epoch ms; 0: there is no roster. */
  const askedAt = () => roster?.askedAt ?? 0

  /**
   * Not so soon after the last poll: by our clock, or, where a clock ahead of ours dated that poll, by the time since
   * ours.
   */
  function mayPoll(): boolean {
    const age = now() - askedAt()
    return age >= shortestPollMs || (age < 0 && performance.now() - polledAt >= shortestPollMs)
  }

  async function fetchNewer(): Promise<void> {
    const at = await board.at('roster')
    const latest = now() + clockToleranceMs
    if (roster && roster.askedAt > latest) roster = undefined
    if (at > askedAt() && at <= latest) roster = readRoster(await board.read('roster')) ?? roster
  }

  async function poll(): Promise<void> {
    const begunAt = now()
    polledAt = performance.now()
    // Later than all that it answers and replaces, even where a clock that is ahead dated that.
    const at = Math.max(begunAt, announcedAt(), askedAt() + 1)
    let listing: GroupListing
    try {
      listing = await list()
      roster = rosterFrom(listing, { askedAt: at, before: roster, now: begunAt })
    } catch (error) {
      // No new roster, never an empty one: the old one ages.
      log.warn({ event: 'roster-failed', error })
      return leases.pause('roster', retryAfterMsOf(error) ?? Math.min(rosterMs, longestPauseMs))
    }
    // A Redis that does not take it is no fault of Graph: this replica knows the roster, and its look at the board
    // fails.
    await board.post('roster', { at, text: JSON.stringify(roster), lifeMs: boardLifeMs })
    onListed(roster, listing)
  }

  return {
    current: () => roster,
    askedAt,
    mayPoll,

    /** Whether the group has to be listed: the roster is old, or a change was announced since. */
    isOwed(): boolean {
      const age = now() - askedAt()
      if (age >= rosterMs || age < -clockToleranceMs) return true
      const isBehind = announcedAt() > askedAt() || (roster !== undefined && roster === outdated)
      return isBehind && mayPoll()
    },

    /** A change was announced: the roster in hand says nothing of it. */
    outdate(): void {
      outdated = roster
    },

    isPaused: (): Promise<boolean> => leases.isPaused('roster'),

    /** Takes a newer roster from the board, and lists the group if that is owed still. Throws Problem('redis-away'). */
    async renew(owed: () => boolean): Promise<void> {
      await fetchNewer()
      if (!owed() || (await leases.isPaused('roster'))) return
      await leases.hold('roster', leaseMs, async () => {
        // Another replica may have listed the group between our look and our turn.
        await fetchNewer()
        if (owed()) await poll()
      })
    },
  }
}
