import type { User } from '@microsoft/microsoft-graph-types'
import { Stop } from '../commands/command.ts'
import { exits } from '../exits.ts'
import type { Graph } from '../graph/graph.ts'
import type { Known } from '../model/known.ts'
import type { Given } from '../run/given.ts'
import type { TenantWish } from '../wish/tenant-wish.ts'
import { findGroup } from './find-group.ts'
import { standingPeople } from './gates.ts'
import { noteId, together } from './named.ts'
import { checkStrength } from './strength.ts'

/**
 * Finds what tenant.json names and does not make: people, the emergency group, groups of approvers. Throws Stop with all
 * that is missing.
 */
export async function lookUp({ wish, graph }: Given, known: Known): Promise<void> {
  const missing: string[] = []
  for (const person of peopleIn(wish)) {
    const id = await idOfPerson(graph, person)
    if (id === undefined) missing.push(`Nobody in the tenant is called ${person}.`)
    else noteId(known.people, person, id)
  }
  for (const group of groupsIn(wish)) {
    const found = await findGroup(graph, group)
    if (found === undefined)
      missing.push(`There is no group "${group}". It is not made here: make it, or name another.`)
    else noteId(known.groups, group, found.id)
  }
  if (wish.contexts.length > 0) await checkStrength(graph)
  if (missing.length > 0) throw new Stop(exits.failed, missing.join('\n'))
}

const peopleIn = (wish: TenantWish): string[] => together(wish.owners, wish.emergency.users ?? [], standingPeople(wish))

/** Groups that must be there before: those that approve, but for the groups of gates, and the emergency group. */
function groupsIn({ emergency, gates, standingGroup }: TenantWish): string[] {
  const made = [...gates.map(({ group }) => group), standingGroup]
  const approving = gates.flatMap(({ activation }) => activation.approvers?.groups ?? [])
  const named = together(emergency.group === undefined ? [] : [emergency.group], approving)
  return named.filter(name => !made.includes(name))
}

const idOfPerson = async (graph: Graph, person: string): Promise<string | undefined> =>
  (await graph.find<User>(`/users/${encodeURIComponent(person)}?$select=id`))?.id
