import type { DirectoryMember, GroupRequest, HeldRow } from '../../entra/pim/group-lists.ts'
import { longestGapMs } from '../../gate/plan/phase.ts'
import { surelyListedMs } from '../../session/record/plan.ts'
import { isNear } from '../reading/periods.ts'
import { beginOf, inForce, withLater } from './extensions.ts'
import { byPerson, type GroupReading, rowsIn } from './lists.ts'

/** One period of access that runs now, with the extensions that lead up to it and follow it. Instants in epoch ms. */
export type PeriodOn = {
  id: string
  kind: DirectoryMember['kind']
  name?: string
  username?: string
  /** Left out where Microsoft tells none. */
  from?: number
  /** Left out where it has no end. */
  until?: number
  /** `past-pim`: a member of the group of whom PIM knows nothing. */
  how: 'turned-on' | 'assigned' | 'past-pim'
  isThroughGroup: boolean
  /** The request that began it, or prolonged it last. Left out where PIM's requests cannot be seen, or show none. */
  request?: GroupRequest
  /** Requests for periods that begin when this one ends. */
  later: readonly GroupRequest[]
  /** PIM lists it and the directory does not: somebody took the person out of the group past PIM. */
  isGone: boolean
}

type Lists = Pick<GroupReading, 'lists'>
type Requests = readonly GroupRequest[]

/** Who has access now: a row for each period, not for each request. `now` in epoch ms. */
export function periodsOn(reading: Lists, now: number): PeriodOn[] {
  const requests = byPerson(rowsIn(reading, 'requests'))
  const members = new Map(rowsIn(reading, 'members').map(member => [member.id, member]))
  const isTold = typeof reading.lists.members !== 'string'
  const known = { requests, members, isTold, now }
  const active = rowsIn(reading, 'active').filter(({ until = Infinity }) => until > now)
  const byPim = joined(active).map(row => periodOf(row, known))
  const inPim = new Set(active.map(({ principalId }) => principalId))
  // Without PIM's list nobody can be said to be past it.
  const isPimTold = typeof reading.lists.active !== 'string'
  const pastPim = isPimTold ? [...members.values()].filter(({ id }) => !inPim.has(id)).map(pastPimPeriod) : []
  return [...byPim, ...pastPim]
}

/** Instances of one person that overlap, or follow one another without a gap, are one period. Assignments stand alone. */
function joined(rows: readonly HeldRow[]): HeldRow[] {
  const periods: HeldRow[] = []
  for (const row of rows.toSorted((one, other) => (one.from ?? 0) - (other.from ?? 0))) {
    const index = periods.findIndex(each => isSamePeriod(each, row))
    const before = periods[index]
    if (before) periods[index] = both(before, row)
    else periods.push(row)
  }
  return periods
}

const isSamePeriod = (one: HeldRow, other: HeldRow): boolean =>
  one.principalId === other.principalId &&
  one.kind === other.kind &&
  (other.from ?? 0) <= (one.until ?? Infinity) + longestGapMs

/** The later row, from when the earlier one began until the last of both has ended. */
function both(earlier: HeldRow, later: HeldRow): HeldRow {
  const { from: _, until, ...row } = later
  const isEndless = earlier.until === undefined || until === undefined
  return {
    ...row,
    ...(earlier.from !== undefined && { from: earlier.from }),
    ...(!isEndless && { until: Math.max(earlier.until ?? 0, until) }),
  }
}

type Known = {
  requests: ReadonlyMap<string, Requests>
  members: ReadonlyMap<string, DirectoryMember>
  isTold: boolean
  now: number
}

function periodOf(row: HeldRow, { requests, members, isTold, now }: Known): PeriodOn {
  const { principalId, isThroughGroup } = row
  const own = requests.get(principalId) ?? []
  const request = requestBehindRow(row, own)
  const member = members.get(principalId)
  const isTurnedOn = row.kind === 'activated'
  const from = isTurnedOn ? beginOf(row.from, own) : row.from
  const { until, later } = isTurnedOn ? withLater(row.until, own, now) : { until: row.until, later: [] }
  // PIM has been seen to list members whom it does not manage: without instants, and without a request.
  const isUnmanaged = from === undefined && until === undefined && !request && requests.size > 0
  return {
    ...namesOf(member, principalId),
    ...(from !== undefined && { from }),
    ...(until !== undefined && { until }),
    how: isTurnedOn ? 'turned-on' : isUnmanaged ? 'past-pim' : 'assigned',
    isThroughGroup,
    ...(request && { request }),
    later,
    isGone: isTold && !member && !isThroughGroup && now - (row.from ?? 0) >= surelyListedMs,
  }
}

const namesOf = (
  member: DirectoryMember | undefined,
  id: string,
): Pick<PeriodOn, 'id' | 'kind' | 'name' | 'username'> => member ?? { id, kind: 'person' }

const pastPimPeriod = (member: DirectoryMember): PeriodOn => ({
  ...member,
  how: 'past-pim',
  isThroughGroup: false,
  later: [],
  isGone: false,
})

const granting = new Set(['selfactivate', 'adminassign', 'adminupdate', 'adminextend', 'adminrenew'])

/** The newest request that made or changed this schedule; else one of the same person that began when the row did. */
function requestBehindRow({ from, kind, scheduleId }: HeldRow, own: Requests): GroupRequest | undefined {
  const granted = own.filter(({ action, status }) => granting.has(action) && inForce.has(status))
  const ofKind = granted.filter(({ action }) => (action === 'selfactivate') === (kind === 'activated'))
  const bySchedule = ofKind.find(each => scheduleId !== undefined && each.scheduleId === scheduleId)
  if (bySchedule || from === undefined) return bySchedule
  return ofKind.find(({ createdAt, startsAt = createdAt }) => isNear(startsAt, from))
}
