import { type Clock, clockToleranceMs } from '../../clock.ts'
import type { Config } from '../../config/load.ts'
import type { GroupListing } from '../../entra/graph/group-listing.ts'
import { retryAfterMsOf } from '../../entra/oidc/errors.ts'
import type { Log } from '../../observability.ts'
import type { Board } from '../../session/replicas/board.ts'
import type { Leases } from '../../session/replicas/lease.ts'
import { membershipIn, type Roster, type RosterSource, readRoster, rosterFrom } from './roster.ts'

/** How often a replica looks at the board: what one learned, all know within a second. */
const lookMs = 500
/** Renewed while a replica asks; one that dies meanwhile, or a Redis that did, holds up the others no longer. */
const leaseMs = 3_000
const rosterLifeMs = 24 * 3_600_000
const longestWaitMs = 4_000
/** However many ends and refusals there are, Graph is asked no more often than this. */
const shortestPollMs = 1_000
/** What Redis has not taken by then it does not take. */
const writtenWithinMs = 2_000

/**
 * Watches the group: one replica at a time lists it, every period or at once after a change was announced, and shares
 * the list; all hold it in memory. Without MEMBERSHIP_ROSTER only the announcements are watched.
 */
export function createWatch({
  config,
  clock,
  list,
  board,
  leases,
  log,
}: {
  config: Pick<Config, 'membership'>
  clock: Clock
  /** Lists the group at Graph; throws when the answer is not whole. */
  list: () => Promise<GroupListing>
  board: Board
  leases: Leases
  log: Log
}) {
  const { roster: isOn, rosterMs } = config.membership
  let roster: Roster | undefined
  let announcedAt = 0
  let lastHeard = 0
  let lookedAt = -Infinity
  /** When it was heard of here. */
  let heardAt = 0
  let polledAt = -Infinity
  /** The roster that was in hand when the last change was announced: it says nothing of it, whatever clock dated it. */
  let outdated: Roster | undefined
  let timer: NodeJS.Timeout | undefined
  let isStopped = false
  let failures = 0
  let isRetired = false
  let looking: Promise<void> | undefined

  /** One look at the board, and a poll if one is owed. */
  const look = (owed: () => boolean): Promise<void> => {
    looking ??= lookOnce(owed).finally(() => {
      looking = undefined
    })
    return looking
  }

  async function lookOnce(owed: () => boolean): Promise<void> {
    await hear()
    if (!isOn) return
    await fetchNewer()
    if (!owed() || (await leases.isPaused('roster'))) return
    await leases.hold('roster', leaseMs, async () => {
      // Another replica may have asked between our look and our turn.
      await fetchNewer()
      if (owed()) await poll()
    })
  }

  /**
   * Announcements are dated by the clock of whoever made them. One that was not there at the last look is no older than
   * that, less the time that it took to be written; one from the future counts from now, or no proof would ever be newer.
   */
  async function hear(): Promise<void> {
    const heard = await board.at('announced')
    const now = clock().getTime()
    if (heard !== lastHeard) {
      announcedAt = Math.max(announcedAt, heard, Math.min(lookedAt, now) - writtenWithinMs)
      heardAt = now
      outdated = roster
    }
    if (announcedAt > now + clockToleranceMs) announcedAt = now
    lastHeard = heard
    lookedAt = now
  }

  const isOwed = () => {
    const age = clock().getTime() - (roster?.askedAt ?? 0)
    if (age >= rosterMs || age < -clockToleranceMs) return true
    const isBehind = announcedAt > (roster?.askedAt ?? 0) || (roster !== undefined && roster === outdated)
    return isBehind && mayPoll()
  }

  /** Not so soon after the last poll: by our clock, or where a clock ahead of ours dated that one, by the time since ours. */
  function mayPoll(): boolean {
    const age = clock().getTime() - (roster?.askedAt ?? 0)
    return age >= shortestPollMs || (age < 0 && performance.now() - polledAt >= shortestPollMs)
  }

  async function fetchNewer(): Promise<void> {
    const at = await board.at('roster')
    const latest = clock().getTime() + clockToleranceMs
    if (roster && roster.askedAt > latest) roster = undefined
    if (at > (roster?.askedAt ?? 0) && at <= latest) roster = readRoster(await board.read('roster')) ?? roster
  }

  async function poll(): Promise<void> {
    const now = clock().getTime()
    polledAt = performance.now()
    // Later than all that it answers and replaces, though a clock that is ahead dated that.
    const askedAt = Math.max(now, announcedAt, (roster?.askedAt ?? 0) + 1)
    try {
      roster = rosterFrom(await list(), { askedAt, before: roster, now })
    } catch (error) {
      // No new roster, never an empty one: the old one ages.
      log.warn({ event: 'roster-failed', error })
      return leases.pause('roster', retryAfterMsOf(error) ?? Math.min(rosterMs, 5_000))
    }
    // A Redis that does not take it is no fault of Graph: this replica knows, and the look at the board has failed.
    await board.post('roster', { at: askedAt, text: JSON.stringify(roster), lifeMs: rosterLifeMs })
  }

  const source: RosterSource = {
    membershipOf: objectId => (isOn ? membershipIn(roster, objectId, clock().getTime()) : 'unknown'),
    async renew(askedAfter) {
      const end = performance.now() + longestWaitMs
      const isOld = () => (roster?.askedAt ?? 0) <= askedAfter
      while (isOn && isOld() && performance.now() < end) {
        await look(mayPoll)
        if (!isOld() || (await leases.isPaused('roster'))) return
        await new Promise(resolve => setTimeout(resolve, 100))
      }
    },
  }

  function again(): void {
    look(isRetired ? () => false : isOwed)
      .then(
        () => {
          failures = 0
        },
        error => {
          // Once an outage; not at the start, when Redis is not there yet.
          failures += 1
          if (failures === 2) log.warn({ event: 'watch-failed', error })
        },
      )
      .finally(() => {
        if (!isStopped) timer = setTimeout(again, lookMs).unref()
      })
  }

  return {
    source,
    /** Proofs from before this instant are stale. */
    staleBefore: () => announcedAt,
    /** When that was heard of, by our clock. */
    heardAt: () => heardAt,
    roster: () => roster,
    /** A change of the group was announced: every replica asks anew. */
    async announce(): Promise<void> {
      // After the one before it, whatever clock dated that one: the others would not hear of it otherwise.
      const at = Math.max(clock().getTime(), (await board.at('announced')) + 1)
      await board.post('announced', { at, text: '', lifeMs: rosterLifeMs })
      announcedAt = Math.max(announcedAt, at)
      heardAt = clock().getTime()
      outdated = roster
      look(isOwed).catch(error => log.warn({ event: 'watch-failed', error }))
    },
    start: again,
    /** Leaves polling to the other replicas; still looks at what they learned, for the requests that are not over. */
    retire(): void {
      isRetired = true
    },
    stop(): void {
      isStopped = true
      clearTimeout(timer)
    },
  }
}
export type Watch = ReturnType<typeof createWatch>
