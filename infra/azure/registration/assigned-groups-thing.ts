import type { AppRole, AppRoleAssignment, ServicePrincipal } from '@microsoft/microsoft-graph-types'
import { GraphProblem } from '../graph/problem.ts'
import type { Known } from '../model/known.ts'
import type { Thing } from '../model/thing.ts'
import type { Given } from '../run/given.ts'
import type { TenantWish } from '../wish/tenant-wish.ts'
import { appRoleId, defaultAccess } from './app-role.ts'
import { whenReady } from './when-ready.ts'

/** Who is assigned, and with which role. */
type Assigned = { who: string; role?: string }

/** What the wish assigns: the group of each gate, with its role where it has one, and the standing group. */
const wishedOf = ({ gates, standingGroup }: TenantWish): Assigned[] => [
  ...gates.map(({ group, role }) => ({ who: group, ...(role !== undefined && { role }) })),
  ...(standingGroup === undefined ? [] : [{ who: standingGroup }]),
]

/** The groups that are assigned to the enterprise application: their members may sign in, and tokens list these groups. */
export function assignedGroupsThing(given: Given): Thing {
  const { graph, wish } = given
  const wished = wishedOf(wish)

  async function rows(known: Known): Promise<AppRoleAssignment[]> {
    return graph.list<AppRoleAssignment>(`/servicePrincipals/${known.servicePrincipal}/appRoleAssignedTo`)
  }

  async function rolesOf(known: Known): Promise<AppRole[]> {
    const path = `/servicePrincipals/${known.servicePrincipal}?$select=id,appRoles`
    return (await graph.find<ServicePrincipal>(path))?.appRoles ?? []
  }

  async function assign(known: Known, { who, role }: Assigned): Promise<void> {
    const appRoleId = role === undefined ? defaultAccess : await roleId(known, role)
    const principalId = known.groups.get(who)
    if (principalId === undefined) throw new GraphProblem(`The group ${who} does not exist, so it cannot be assigned.`)
    const body = { principalId, resourceId: known.servicePrincipal, appRoleId }
    const isSame = (row: AppRoleAssignment) => row.principalId === principalId && row.appRoleId === appRoleId
    const wanted = {
      path: `/servicePrincipals/${known.servicePrincipal}/appRoleAssignedTo`,
      body,
      find: async () => (await rows(known)).find(isSame),
      isUnique: true,
    }
    // A role that was added a moment ago is not known at once to the enterprise application.
    const isEarly = ({ status, message }: GraphProblem) =>
      status === 400 && /was not found on application/i.test(message)
    await whenReady(given, isEarly, () => graph.create(wanted))
  }

  const roleId = async (known: Known, role: string): Promise<string> =>
    (await rolesOf(known)).find(each => each.value === role)?.id ?? appRoleId(role)

  return {
    object: `groups assigned to ${wish.name}`,
    async read(known) {
      if (!known.servicePrincipal) return undefined
      const [assigned, roles] = [await rows(known), await rolesOf(known)]
      return sorted(assigned.map(row => shown(row, roles, known)))
    },
    after: (_known, before) => joined((before as Assigned[] | undefined) ?? [], wished),
    async write(known, before) {
      const present = (before as Assigned[] | undefined) ?? []
      for (const each of wished) if (!present.some(other => isSame(each, other))) await assign(known, each)
    },
    leaves: (_known, before) =>
      (before as Assigned[])
        .filter(each => !wished.some(other => isSame(each, other)))
        .map(({ who, role }) => `${who} is assigned to ${wish.name}${role ? ` with the role ${role}` : ''}`),
  }
}

function shown(
  { principalId, principalDisplayName, appRoleId }: AppRoleAssignment,
  roles: AppRole[],
  known: Known,
): Assigned {
  const name = [...known.groups].find(([, id]) => id === principalId)?.[0]
  const role = roles.find(({ id }) => id === appRoleId)?.value ?? appRoleId ?? defaultAccess
  return { who: name ?? principalDisplayName ?? String(principalId), ...(role !== defaultAccess && { role }) }
}

const isSame = (one: Assigned, other: Assigned) => one.who === other.who && one.role === other.role
const sorted = (assigned: Assigned[]) =>
  assigned.toSorted((one, other) => `${one.who} ${one.role}`.localeCompare(`${other.who} ${other.role}`))
const joined = (before: Assigned[], wished: Assigned[]) =>
  sorted([...before, ...wished.filter(each => !before.some(other => isSame(each, other)))])
