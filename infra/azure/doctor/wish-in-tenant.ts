import { z } from 'zod'
import type { Graph } from '../../../src/entra/graph/graph.ts'
import { GraphRefusal } from '../../../src/entra/graph/refusal.ts'
import { lowerGuid } from '../../../src/entra/graph/shapes.ts'
import type { AssignmentWish, TenantWish } from '../wish/tenant-wish.ts'

/** What a name in tenant.json leads to: one object, by its id, or why there is none. */
export type NamedObject = { id: string } | { none: 'absent' | 'several' | 'unseen' }
/** The objects that tenant.json names, by what it calls them. */
export type WishInTenant = {
  /** The client id is the id of this object. */
  registration: NamedObject
  groups: ReadonlyMap<string, NamedObject>
  people: ReadonlyMap<string, NamedObject>
}

type Asking = { graph: Pick<Graph, 'list' | 'call'>; token: () => Promise<string> }

/** Looks up what tenant.json names. Never rejects. */
export async function findNamed(wish: TenantWish, asking: Asking): Promise<WishInTenant> {
  const [registration, groups, people] = await Promise.all([
    named('applications', wish.name, asking),
    eachOf(groupsIn(wish), name => named('groups', name, asking)),
    eachOf(peopleIn(wish), name => person(name, asking)),
  ])
  return { registration, groups, people }
}

/** Every group that tenant.json names as one that has to be there. */
const groupsIn = ({ gates, standingGroup, emergency }: TenantWish): string[] =>
  [...gates.map(({ group }) => group), standingGroup, emergency.group].filter(name => name !== undefined)

/** Everybody whom tenant.json names and a check must tell from others. */
const peopleIn = ({ owners, emergency, gates }: TenantWish): string[] => [
  ...owners,
  ...(emergency.users ?? []),
  ...gates.flatMap(({ active, eligible }) => withoutEnd([...active, ...eligible])),
]

/** The people of these assignments that are to have no end. */
export const withoutEnd = (assignments: readonly AssignmentWish[]): string[] =>
  assignments.flatMap(({ person, permanent }) => (permanent ? [person] : []))

async function eachOf(names: readonly string[], find: (name: string) => Promise<NamedObject>) {
  const found = [...new Set(names)].map(async name => [name, await find(name)] as const)
  return new Map(await Promise.all(found))
}

const isId = (name: string) => z.guid().safeParse(name).success

/** Applications are known by their client id, groups by their object id. */
async function named(kind: 'applications' | 'groups', name: string, { graph, token }: Asking): Promise<NamedObject> {
  if (isId(name) && kind === 'groups') return { id: name.toLowerCase() }
  const field = kind === 'applications' ? 'appId' : 'id'
  const filter = isId(name) ? `appId eq '${name}'` : `displayName eq '${name.replaceAll("'", "''")}'`
  try {
    const found = await graph.list(`/${kind}?$filter=${encodeURIComponent(filter)}&$select=${field}`, await token())
    const ids = z.array(z.looseObject({ [field]: lowerGuid })).parse(found)
    if (ids.length > 1) return { none: 'several' }
    return ids[0] ? { id: String(ids[0][field]) } : { none: 'absent' }
  } catch {
    return { none: 'unseen' }
  }
}

async function person(name: string, { graph, token }: Asking): Promise<NamedObject> {
  if (isId(name)) return { id: name.toLowerCase() }
  try {
    const found = await graph.call(`/users/${encodeURIComponent(name)}?$select=id`, await token())
    return z.object({ id: lowerGuid }).parse(found)
  } catch (thrown) {
    return { none: thrown instanceof GraphRefusal && thrown.status === 404 ? 'absent' : 'unseen' }
  }
}
