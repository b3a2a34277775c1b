import type { NamesOfMany, PersonNames } from '../../entra/directory/names-of-many.ts'
import type { Who } from '../../gate/asking/pim-token.ts'
import type { AsPerson } from '../reading/as-person.ts'
import { rethrowRedisAway } from '../refusals/redis-away.ts'
import type { GatePeople } from './gate-people.ts'
import { type GroupReading, rowsIn } from './lists.ts'

/**
 * Makes the function that finds the names of everybody in some lists: as the directory's list of members has them, else
 * asked for with the visitor's token. Names that nobody tells are missing. Throws Problem('redis-away').
 */
export const createNamesIn =
  ({ asPerson, namesOfMany }: { asPerson: AsPerson; namesOfMany: NamesOfMany }) =>
  async (
    who: Who,
    readings: readonly GroupReading[],
    people: readonly GatePeople[],
  ): Promise<ReadonlyMap<string, PersonNames>> => {
    const known = new Map<string, PersonNames>()
    for (const { id, name, username } of readings.flatMap(reading => rowsIn(reading, 'members')))
      if (name) known.set(id, { name, ...(username && { username }) })
    const unknown = idsIn(people).filter(id => !known.has(id))
    if (unknown.length === 0) return known
    const asked = asPerson(who, token => namesOfMany(token, unknown))
    const found = await asked.catch((thrown: unknown) => {
      rethrowRedisAway(thrown)
      return new Map<string, PersonNames>()
    })
    return new Map([...known, ...found])
  }

/** Everybody whom the page may name: those with access, and those who gave it. */
const idsIn = (people: readonly GatePeople[]): string[] =>
  people.flatMap(({ on, waiting, permitted, soon }) => [
    ...[...on, ...waiting, ...permitted, ...soon].map(({ id }) => id),
    ...on.flatMap(({ how, request }) => (how === 'assigned' && request?.createdBy?.id) || []),
  ])
