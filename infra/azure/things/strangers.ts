import type { User } from '@microsoft/microsoft-graph-types'
import type { Graph } from '../graph/graph.ts'
import { isObjectId } from './named.ts'

/** As many as a sentence names. */
const most = 3

/** The user names of people whom tenant.json does not name; ids stay where somebody is no user, or cannot be read. */
export async function nameStrangers(graph: Graph, ids: readonly string[]): Promise<string[]> {
  const named: string[] = []
  for (const id of ids.slice(0, most)) named.push(isObjectId(id) ? await userName(graph, id) : id)
  return [...named, ...ids.slice(most)]
}

const userName = async (graph: Graph, id: string): Promise<string> =>
  (await graph.find<User>(`/users/${id}?$select=userPrincipalName`).catch(() => undefined))?.userPrincipalName ?? id
