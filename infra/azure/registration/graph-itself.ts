import type { ServicePrincipal } from '@microsoft/microsoft-graph-types'
import type { Graph } from '../graph/graph.ts'
import { GraphProblem } from '../graph/problem.ts'
import type { Known } from '../model/known.ts'
import { graphAppId, type PermissionKind } from '../permissions/graph-permissions.ts'

/** Microsoft Graph as it stands in the tenant: its permissions by name and by id. */
export type GraphItself = {
  id: string
  /** The id of a permission. Throws GraphProblem where this cloud's Graph does not have it. */
  idOf(name: string, kind: PermissionKind): string
  /** The name of a permission; its id where Graph does not know it. */
  nameOf(id: string, kind: PermissionKind): string
}

export type ReadItself = (known: Known) => Promise<GraphItself>

/** Reads Microsoft Graph's own service principal, once, and remembers its id as known. */
export function createGraphItself(graph: Graph): ReadItself {
  let found: GraphItself | undefined
  return async known => {
    found ??= await read(graph)
    known.graphPrincipal = found.id
    return found
  }
}

async function read(graph: Graph): Promise<GraphItself> {
  const fields = 'id,appRoles,oauth2PermissionScopes'
  const { id, appRoles, oauth2PermissionScopes } = await graph.get<ServicePrincipal>(
    `/servicePrincipals(appId='${graphAppId}')?$select=${fields}`,
  )
  const permissions = { application: appRoles ?? [], delegated: oauth2PermissionScopes ?? [] }
  return {
    id: id as string,
    idOf(name, kind) {
      const found = permissions[kind].find(each => each.value === name)?.id
      if (found) return found
      throw new GraphProblem(`Microsoft Graph of this tenant has no ${kind} permission ${name}.`)
    },
    nameOf: (permission, kind) =>
      permissions[kind].find(each => each.id?.toLowerCase() === permission.toLowerCase())?.value ?? permission,
  }
}
