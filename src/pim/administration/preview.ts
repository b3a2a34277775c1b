import { z } from 'zod'
import type { DirectoryPerson, PeopleFound, PeopleSearch } from '../../entra/directory/people-search.ts'
import { GraphRefusal } from '../../entra/graph/refusal.ts'
import type { Held, PimAdministration } from '../../entra/pim/administration.ts'
import type { AccessKind } from '../../entra/pim/giving-rules.ts'
import type { Who } from '../../gate/asking/pim-token.ts'
import type { AsPerson } from '../reading/as-person.ts'

/** What a line of the form means, and what would happen to the person. Instants in epoch ms. */
export type PreviewLine = { text: string } & (
  | { kind: 'found'; person: DirectoryPerson }
  | { kind: 'has-it'; person: DirectoryPerson; until?: number; isTurnedOn: boolean }
  | { kind: 'ambiguous'; people: readonly DirectoryPerson[]; areMore: boolean }
  | { kind: 'yourself' | 'twice'; person: DirectoryPerson }
  | { kind: 'not-found' }
)

/** So many people are looked up at the same time. */
const atOnce = 8

export type PreviewNeeds = {
  asAdministrator: AsPerson
  search: PeopleSearch
  administrationAt: (gate: string) => PimAdministration
}

/**
 * Makes the functions that look up the people of a form: by the texts that were typed, or by the object ids that were
 * chosen. Each line says what would happen. Throws what `AsPerson` throws.
 */
export function createPreview({ asAdministrator, search, administrationAt }: PreviewNeeds) {
  type About = { gate: string; kind: AccessKind }

  async function lines(who: Who, named: readonly string[], about: About): Promise<PreviewLine[]> {
    const held = holders(who, about)
    const found = await inTurns(named, text => asAdministrator(who, token => search.find(token, text), 'act'))
    const known = await held
    const seen = new Set<string>()
    return named.map((text, index) => {
      const line = lineOf(text, found[index] as PeopleFound, { self: who.identity.objectId, held: known })
      if (!('person' in line) || line.kind === 'yourself') return line
      const isTwice = seen.has(line.person.objectId)
      seen.add(line.person.objectId)
      return isTwice ? { text, kind: 'twice', person: line.person } : line
    })
  }

  /** Those who have it now, by object id; nobody where this administrator may not see that: Graph decides then. */
  async function holders(who: Who, { gate, kind }: About): Promise<ReadonlyMap<string, Held>> {
    const held = await asAdministrator(who, token => administrationAt(gate).held(token, kind), 'act').catch(
      emptyIfRefused,
    )
    return new Map(held.map(each => [each.principalId, each]))
  }

  return { lines }
}

const isId = (text: string) => z.guid().safeParse(text).success
/** The object ids in a text, with blanks between them; each once. */
export const objectIdsIn = (text: string): string[] => [
  ...new Set(
    text
      .split(/\s+/)
      .filter(isId)
      .map(id => id.toLowerCase()),
  ),
]

type Known = { self: string; held: ReadonlyMap<string, Held> }

function lineOf(text: string, { people, areMore }: PeopleFound, { self, held }: Known): PreviewLine {
  const [person, ...others] = people
  if (!person) return { text, kind: 'not-found' }
  if (others.length > 0 || areMore) return { text, kind: 'ambiguous', people, areMore }
  if (person.objectId === self) return { text, kind: 'yourself', person }
  const has = held.get(person.objectId)
  if (!has) return { text, kind: 'found', person }
  const { until, isTurnedOn } = has
  return { text, kind: 'has-it', person, isTurnedOn, ...(until !== undefined && { until }) }
}

async function inTurns<From, To>(items: readonly From[], work: (item: From) => Promise<To>): Promise<To[]> {
  const done: To[] = []
  for (let at = 0; at < items.length; at += atOnce)
    done.push(...(await Promise.all(items.slice(at, at + atOnce).map(work))))
  return done
}

function emptyIfRefused(thrown: unknown): Held[] {
  if (thrown instanceof GraphRefusal && !thrown.claims) return []
  throw thrown
}
