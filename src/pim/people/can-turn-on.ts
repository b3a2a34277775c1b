import type { GroupRequest } from '../../entra/pim/group-lists.ts'
import { turnedOnIn } from '../reading/uses.ts'
import { byPerson, type GroupReading, rowsIn } from './lists.ts'

/** When somebody last turned on access, in epoch ms, and how often in the last 90 days. */
export type Uses = { last?: number; times: number }
/** Somebody who may turn on access, and how much they did. Instants in epoch ms. */
export type Permitted = {
  id: string
  from?: number
  /** Left out where the permission has no end. */
  until?: number
  isThroughGroup: boolean
  /** Why they may, as whoever gave the permission said. */
  reason?: string
  ticket?: string
  /** Left out where PIM's requests cannot be seen. */
  used?: Uses
}

const dayMs = 24 * 3_600_000
/** The days for which uses are counted. */
export const countedDays = 90
const granting = new Set(['adminassign', 'adminupdate', 'adminextend', 'adminrenew'])

/** Who may turn on access: a row a person. `now` in epoch ms. */
export function permittedPeople(reading: Pick<GroupReading, 'lists'>, now: number): Permitted[] {
  const isUseTold = typeof reading.lists.requests !== 'string'
  const requests = byPerson(rowsIn(reading, 'requests'))
  const grants = byPerson(rowsIn(reading, 'grants'))
  const people = new Map<string, Permitted>()
  for (const { principalId: id, from, until, isThroughGroup } of rowsIn(reading, 'eligible')) {
    if ((until ?? Infinity) <= now || (from ?? 0) > now) continue
    const known = people.get(id)
    const both = known ? later(known.until, until) : until
    people.set(id, {
      id,
      isThroughGroup: isThroughGroup && (known?.isThroughGroup ?? true),
      ...(from !== undefined && { from: Math.min(from, known?.from ?? from) }),
      ...(both !== undefined && { until: both }),
      ...reasonOf(grants.get(id) ?? []),
      ...(isUseTold && { used: usesOf(requests.get(id) ?? [], now) }),
    })
  }
  return [...people.values()]
}

function later(one: number | undefined, other: number | undefined): number | undefined {
  return one === undefined || other === undefined ? undefined : Math.max(one, other)
}

function usesOf(own: readonly GroupRequest[], now: number): Uses {
  const times = turnedOnIn(own).map(({ createdAt, startsAt = createdAt }) => startsAt)
  const past = times.filter(at => at <= now)
  return {
    ...(past.length > 0 && { last: Math.max(...past) }),
    times: past.filter(at => now - at <= countedDays * dayMs).length,
  }
}

function reasonOf(grants: readonly GroupRequest[]): Pick<Permitted, 'reason' | 'ticket'> {
  const newest = grants.find(({ action, status }) => granting.has(action) && status === 'provisioned')
  return { ...(newest?.reason && { reason: newest.reason }), ...(newest?.ticket && { ticket: newest.ticket }) }
}
