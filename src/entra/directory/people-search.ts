import { z } from 'zod'
import type { Graph } from '../graph/graph.ts'
import { GraphRefusal } from '../graph/refusal.ts'
import { lowerGuid, parsed } from '../graph/shapes.ts'

/** Somebody in the directory. */
export type DirectoryPerson = { objectId: string; name: string; username: string }
/** The people that a text means. `areMore`: the directory has more of them than these. */
export type PeopleFound = { people: readonly DirectoryPerson[]; areMore: boolean }

const most = 10
const fields = '$select=id,displayName,userPrincipalName'
const text = z.string().nullish()
const personShape = z.object({ id: lowerGuid, displayName: text, userPrincipalName: text })
const pageShape = z.object({ value: z.array(personShape) })

/**
 * Looks for people in the directory, with the token of the person who looks. Every method throws GraphRefusal and NoAnswer.
 * Source: https://learn.microsoft.com/graph/api/user-list
 */
export function createPeopleSearch(graph: Pick<Graph, 'call'>) {
  async function listed(path: string, token: string, more: Parameters<Graph['call']>[2] = {}): Promise<PeopleFound> {
    const { value } = parsed(pageShape, await graph.call(`/users?${path}&${fields}&$top=${most + 1}`, token, more))
    return { people: value.slice(0, most).map(personOf), areMore: value.length > most }
  }

  async function byId(token: string, id: string): Promise<DirectoryPerson | undefined> {
    const found = await graph.call(`/users/${parsed(lowerGuid, id)}?${fields}`, token).catch(undefinedIfUnknown)
    const person = found === undefined ? undefined : personOf(parsed(personShape, found))
    // An answer about somebody else is no answer about this person.
    return person?.objectId === id.toLowerCase() ? person : undefined
  }

  function byAddress(token: string, address: string): Promise<PeopleFound> {
    const value = `'${address.replaceAll("'", "''")}'`
    const filter = `userPrincipalName eq ${value} or mail eq ${value}`
    return listed(`$filter=${encodeURIComponent(filter)}`, token)
  }

  /** Finds words at the beginning of the words of a name, and at the beginning of an address. */
  async function byName(token: string, name: string): Promise<PeopleFound> {
    const words = wordsOf(name)
    if (!words) return { people: [], areMore: false }
    const search = ['displayName', 'userPrincipalName', 'mail'].map(field => `"${field}:${words}"`).join(' OR ')
    return listed(`$search=${encodeURIComponent(search)}`, token, { consistency: 'eventual' })
  }

  return {
    byId,
    /** The people that a text means: an object id, an address (one person at most has either), or a part of a name. */
    async find(token: string, wanted: string): Promise<PeopleFound> {
      const given = wanted.trim()
      if (z.guid().safeParse(given).success) {
        const person = await byId(token, given)
        return { people: person ? [person] : [], areMore: false }
      }
      return /^[^\s@]+@[^\s@]+$/.test(given) ? byAddress(token, given) : byName(token, given)
    },
  }
}
export type PeopleSearch = ReturnType<typeof createPeopleSearch>

/** Quotes and backslashes would end the quoted search, and other signs mean nothing in it. */
const wordsOf = (name: string) =>
  name
    .normalize('NFC')
    .replace(/[^\p{L}\p{M}\p{N}@._'-]+/gu, ' ')
    .trim()

function personOf({ id, displayName, userPrincipalName }: z.infer<typeof personShape>): DirectoryPerson {
  const username = userPrincipalName ?? ''
  return { objectId: id, name: displayName || username || id, username }
}

function undefinedIfUnknown(thrown: unknown): undefined {
  if (!(thrown instanceof GraphRefusal && thrown.status === 404)) throw thrown
}
