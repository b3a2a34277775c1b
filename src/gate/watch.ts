import type { Clock } from '../clock.ts'
import type { Config } from '../config/load.ts'
import type { GroupListing } from '../entra/group-listing.ts'
import { retryAfterMsOf } from '../entra/oidc-errors.ts'
import type { Log } from '../observability.ts'
import type { Board } from '../session/board.ts'
import type { Leases } from '../session/lease.ts'
import { membershipIn, type Roster, readRoster, rosterFrom } from './roster.ts'
import type { RosterSource } from './standing.ts'

/** How often a replica looks at the board: what one learned, all know within a second. */
const lookMs = 500
/** Renewed while a replica asks; one that dies meanwhile, or a Redis that did, holds up the others no longer. */
const leaseMs = 3_000
const rosterLifeMs = 24 * 3_600_000
const longestWaitMs = 4_000
/** However many ends and refusals there are, Graph is asked no more often than this. */
const shortestPollMs = 1_000
const clockToleranceMs = 30_000

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

  /** Of a clock that is wrong, or was: counts from the moment that it is heard. No proof would ever be newer. */
  async function hear(): Promise<void> {
    const heard = await board.at('announced')
    const now = clock().getTime()
    if (heard !== lastHeard) announcedAt = Math.max(announcedAt, heard)
    if (announcedAt > now + clockToleranceMs) announcedAt = now
    lastHeard = heard
  }

  const isOwed = () => {
    const age = clock().getTime() - (roster?.askedAt ?? 0)
    return age >= rosterMs || age < -clockToleranceMs || (announcedAt > (roster?.askedAt ?? 0) && age >= shortestPollMs)
  }

  async function fetchNewer(): Promise<void> {
    const at = await board.at('roster')
    const latest = clock().getTime() + clockToleranceMs
    if (roster && roster.askedAt > latest) roster = undefined
    if (at > (roster?.askedAt ?? 0) && at <= latest) roster = readRoster(await board.read('roster')) ?? roster
  }

  async function poll(): Promise<void> {
    const askedAt = clock().getTime()
    try {
      const next = rosterFrom(await list(), { askedAt, before: roster })
      await board.post('roster', { at: askedAt, text: JSON.stringify(next), lifeMs: rosterLifeMs })
      roster = next
    } catch (error) {
      // No new roster, never an empty one: the old one ages.
      log.warn({ event: 'roster-failed', error })
      await leases.pause('roster', retryAfterMsOf(error) ?? Math.min(rosterMs, 5_000))
    }
  }

  const source: RosterSource = {
    membershipOf: objectId => (isOn ? membershipIn(roster, objectId) : 'unknown'),
    async renew(askedAfter) {
      const end = performance.now() + longestWaitMs
      const isOld = () => (roster?.askedAt ?? 0) <= askedAfter
      while (isOn && isOld() && performance.now() < end) {
        await look(() => clock().getTime() - (roster?.askedAt ?? 0) >= shortestPollMs)
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
    roster: () => roster,
    /** A change of the group was announced: every replica asks anew. */
    async announce(): Promise<void> {
      const at = clock().getTime()
      await board.post('announced', { at, text: '', lifeMs: rosterLifeMs })
      announcedAt = Math.max(announcedAt, at)
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
