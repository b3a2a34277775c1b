import { Stop } from '../commands/command.ts'
import { exits } from '../exits.ts'
import type { Graph } from '../graph/graph.ts'
import { type Known, nothingKnown } from '../model/known.ts'
import { findRegistration } from '../registration/find-registration.ts'
import { findGroup } from '../things/find-group.ts'
import type { TenantWish } from '../wish/tenant-wish.ts'

/** Looks up the registration and the group of each gate. Throws Stop where one is missing. Writes nothing. */
export async function findForSettings(wish: TenantWish, graph: Graph): Promise<Known> {
  const known = nothingKnown()
  const absent = (what: string) =>
    new Stop(exits.failed, `There is no ${what} in the tenant. Make it first: npm run setup -- apply.`)
  if (!(await findRegistration({ graph, wish }, known))) throw absent(`registration ${wish.name}`)
  for (const { group } of wish.gates) {
    const found = await findGroup(graph, group)
    if (!found) throw absent(`group ${group}`)
    known.groups.set(group, found.id)
  }
  return known
}
