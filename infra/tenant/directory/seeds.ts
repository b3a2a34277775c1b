import { guidFrom } from './ids.ts'
import { type GroupKey, idOfGroup, type ManagedGroup } from './managed.ts'
import { everybody, type Person } from './people.ts'
import { newStay, type Stay } from './stays.ts'

const hour = 3_600_000
const day = 24 * hour

/** People who may turn on access to more groups when the tenant starts, by their keys. */
export type MoreEligible = Partial<Record<ManagedGroup, readonly string[]>>

/** The people in a group when the tenant starts. */
export function seededStays(now: Date, group: GroupKey): Stay[] {
  const from = before(now, day)
  return everybody.flatMap(person => {
    const facts = { id: guidFrom(`assignment ${seedOf(person, group)}`), key: person.key, from }
    const access = accessTo(person, group)
    if (access === 'permanent') return newStay({ ...facts, kind: 'assigned' }, undefined)
    if (person.standingGroups.includes(idOfGroup(group))) return newStay({ ...facts, kind: 'direct' }, undefined)
    if (access === 'active') return newStay({ ...facts, kind: 'activated' }, before(now, -8 * hour))
    return []
  })
}

/**
 * The people who may turn on access to a group when the tenant starts, with their ends. People who have turned it on are
 * among them.
 */
export function seededEligibilities(now: Date, group: GroupKey, more: MoreEligible = {}) {
  const from = before(now, 30 * day)
  const until = before(now, -335 * day)
  return everybody
    .filter(
      person =>
        ['active', 'eligible'].includes(accessTo(person, group)) || more[group as ManagedGroup]?.includes(person.key),
    )
    .map(person => ({ id: guidFrom(`eligibility ${seedOf(person, group)}`), key: person.key, from, until }))
}

function accessTo({ access, permanentIn }: Person, group: GroupKey): Person['access'] {
  if (group === 'members') return access
  return (permanentIn as readonly GroupKey[]).includes(group) ? 'permanent' : 'none'
}

const seedOf = ({ key }: Person, group: GroupKey): string => (group === 'members' ? key : `${key} ${group}`)

const before = (now: Date, ms: number): Date => new Date(now.getTime() - ms)
