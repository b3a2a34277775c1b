import type { Group } from '@microsoft/microsoft-graph-types'
import type { Graph } from '../graph/graph.ts'
import { GraphProblem } from '../graph/problem.ts'

/** Whether a name in tenant.json is an object id. */
export const isObjectId = (name: string): boolean => /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i.test(name)

/**
 * The object id of a group by its name, or by its id; undefined where there is none. Throws GraphProblem where two have
 * the name.
 */
export async function groupIdNamed(graph: Graph, name: string): Promise<string | undefined> {
  if (isObjectId(name)) return (await graph.find<Group>(`/groups/${name}?$select=id`))?.id
  const filter = encodeURIComponent(`displayName eq '${name.replaceAll("'", "''")}'`)
  const [first, ...more] = await graph.list<Group>(`/groups?$filter=${filter}&$select=id`)
  if (more.length === 0) return first?.id
  const ids = [first, ...more].map(each => each?.id).join(', ')
  throw new GraphProblem(
    `${more.length + 1} groups are called ${name}. Write the object id of the one that is meant in its place: ${ids}.`,
  )
}
