import { randomUUID } from 'node:crypto'
import type { Observations, SeenIn, SeenOut } from '../../audit/observations.ts'
import type { Clock } from '../../clock.ts'
import type { PersonNames } from '../../entra/directory/names-of-many.ts'
import type { GroupListing } from '../../entra/graph/group-listing.ts'
import { GraphRefusal } from '../../entra/graph/refusal.ts'
import type { GroupRequest } from '../../entra/pim/group-lists.ts'
import type { Log } from '../../observability.ts'
import type { Leases } from '../../session/replicas/lease.ts'
import type { Notes } from '../../session/replicas/notes.ts'
import type { Roster } from '../news/roster.ts'
import { type Observed, type RosterChange, readObserved, sightingsIn } from './observed.ts'
import { afterLook, afterRecording, type LookAtGroup } from './turn.ts'
import { namelessIn, seenInOf, seenOutOf, withNames } from './why.ts'

const note = 'observed'
/** A group may stay as it is for years. */
const lifeMs = 10 * 365 * 24 * 3_600_000
const leaseMs = 10_000
const againMs = 15_000
/** Without reason and ticket a change is recorded all the same, after so many tries. */
const mostTries = 4
/** More people than this are looked up in one list of all requests. */
const mostAlone = 5

type Needs = {
  gate: string
  clock: Clock
  notes: Pick<Notes, 'change'>
  leases: Pick<Leases, 'hold'>
  /** The requests about the group, or about one person. */
  requests: (principalId?: string) => Promise<GroupRequest[]>
  /** The names of these people, as far as the application may read them. Never throws. */
  names: (ids: readonly string[]) => Promise<ReadonlyMap<string, PersonNames>>
  observations: Pick<Observations, 'seenIn' | 'seenOut'>
  log: Pick<Log, 'warn'>
}

/**
 * Records each change of a gate's roster once, whichever replica lists the group. Redis holds what was last observed. A
 * change is first written there, as owed, by compare-and-set, so that one replica has it; then it is recorded; then it is
 * struck off. So a replica that dies in between, or a Redis that fails over, may have a change recorded twice, and never
 * not at all: the same `since` and `request` twice say the same of a period, but one that is missing could not be found again.
 *
 * Returns the function that is told of each list. Nobody waits for it, and it never throws.
 */
export function createRosterObserving({ gate, clock, notes, leases, requests, names, observations, log }: Needs) {
  const now = () => clock().getTime()
  let latest: LookAtGroup | undefined
  let isWorking = false

  /** The newest list takes the place of one that waits: what is known adds up. */
  return function listed(roster: Roster, listing: GroupListing): void {
    latest = { sightings: sightingsIn(roster, listing, now()), askedAt: roster.askedAt, now: now() }
    if (!isWorking) void work()
  }

  async function work(): Promise<void> {
    isWorking = true
    while (latest) {
      const look = latest
      latest = undefined
      await leases
        .hold('observing', leaseMs, () => observe(look))
        .catch(error => log.warn({ event: 'roster-not-observed', error }))
    }
    isWorking = false
  }

  async function observe(look: LookAtGroup): Promise<void> {
    const by = randomUUID()
    const owed = (await changed(found => afterLook(found, look, by)))?.owed
    if (!owed) return
    const { written, error } = await recorded(owed)
    await changed(found => afterRecording(found, { by, written, until: now() + againMs }))
    if (error) throw error
  }

  /** What is known afterwards; undefined where it stays as it is. */
  async function changed(edit: (found: Observed | undefined) => Observed | undefined): Promise<Observed | undefined> {
    let next: Observed | undefined
    const isChanged = await notes.change(
      note,
      text => {
        next = edit(readObserved(text))
        return next && JSON.stringify(next)
      },
      lifeMs,
    )
    return isChanged ? next : undefined
  }

  async function recorded({ changes, tries }: NonNullable<Observed['owed']>) {
    let written = 0
    try {
      const found = await requestsAbout(changes, tries)
      const seen = changes.map(change =>
        change.kind === 'in' ? { seenIn: seenInOf(gate, change, found) } : { seenOut: seenOutOf(gate, change, found) },
      )
      const known = await names(
        seen.flatMap(({ seenIn, seenOut }) => namelessIn((seenIn ?? seenOut) as SeenIn | SeenOut)),
      )
      for (const { seenIn, seenOut } of seen) {
        if (seenIn) await observations.seenIn(withNames(seenIn, known))
        else await observations.seenOut(withNames(seenOut, known))
        written += 1
      }
    } catch (error) {
      return { written, error }
    }
    return { written }
  }

  async function requestsAbout(changes: readonly RosterChange[], tries: number): Promise<GroupRequest[]> {
    const ids = [...new Set(changes.filter(hasRequest).map(({ objectId }) => objectId))]
    try {
      if (ids.length > mostAlone) return await requests()
      return (await Promise.all(ids.map(id => requests(id)))).flat()
    } catch (error) {
      const isRefused = error instanceof GraphRefusal
      if (!isRefused && tries < mostTries) throw error
      log.warn({ event: 'roster-reasons-unknown', error })
      return []
    }
  }
}

/** A period that ran out, and somebody in the group past PIM, have no request to look for. */
const hasRequest = (change: RosterChange) => (change.kind === 'in' ? change.source !== 'outside-pim' : !change.ranOut)
