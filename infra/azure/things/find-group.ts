import type { Group } from '@microsoft/microsoft-graph-types'
import { Stop } from '../commands/command.ts'
import { exits } from '../exits.ts'
import type { Graph } from '../graph/graph.ts'
import { filterFor, isObjectId, onlyOne } from './named.ts'

/** A group as far as its set-up depends on it. */
export type FoundGroup = Group & { id: string }

const select =
  '$select=id,displayName,securityEnabled,mailEnabled,groupTypes,onPremisesSyncEnabled,isAssignableToRole,isManagementRestricted'

/** The group that tenant.json names, by its name or its object id. Throws Stop where a name means several groups. */
export async function findGroup(graph: Graph, name: string): Promise<FoundGroup | undefined> {
  if (isObjectId(name)) return await graph.find<FoundGroup>(`/groups/${name}?${select}`)
  const found = await graph.list<FoundGroup>(`/groups?${filterFor('displayName', name)}&${select}`)
  return onlyOne(found, 'groups', name)
}

/** Throws Stop where PIM cannot manage a group. Source: https://learn.microsoft.com/entra/id-governance/privileged-identity-management/concept-pim-for-groups */
export function checkFit(group: FoundGroup, name: string): void {
  const why = [
    group.securityEnabled === false && 'it is no security group',
    group.groupTypes?.includes('DynamicMembership') && 'a rule decides who is in it',
    group.onPremisesSyncEnabled && 'it comes from a directory on premises',
  ].find(Boolean)
  if (why)
    throw new Stop(exits.failed, `The group "${name}" exists, and PIM cannot manage it: ${why}. Name another group.`)
}
