import { guidFrom } from './ids.ts'
import { people } from './people.ts'
import { newStay, type Stay } from './stays.ts'

const hour = 3_600_000
const day = 24 * hour

/** Who is in the access group when the tenant starts. */
export function seededStays(now: Date): Stay[] {
  const from = before(now, day)
  return people.flatMap(({ key, access }) => {
    const id = guidFrom(`assignment ${key}`)
    if (access === 'permanent') return newStay({ id, key, kind: 'assigned', from }, undefined)
    if (access === 'active') return newStay({ id, key, kind: 'activated', from }, before(now, -8 * hour))
    return []
  })
}

/**
 * The people who may turn access on when the tenant starts, with their ends. People who have turned it on are among
 * them.
 */
export function seededEligibilities(now: Date) {
  const from = before(now, 30 * day)
  const until = before(now, -335 * day)
  return people
    .filter(({ access }) => access === 'active' || access === 'eligible')
    .map(({ key }) => ({ id: guidFrom(`eligibility ${key}`), key, from, until }))
}

const before = (now: Date, ms: number): Date => new Date(now.getTime() - ms)
