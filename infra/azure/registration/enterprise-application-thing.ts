import type { ServicePrincipal } from '@microsoft/microsoft-graph-types'
import type { Known } from '../model/known.ts'
import type { Thing } from '../model/thing.ts'
import type { Given } from '../run/given.ts'
import { whenReady } from './when-ready.ts'

type View = { assignmentRequired: boolean; enabled: boolean }

/** The portal lists an enterprise application with this mark among those of the tenant. */
const tags = ['WindowsAzureActiveDirectoryIntegratedApp']

/** The registration as it stands in this tenant: only who is assigned may sign in. */
export function enterpriseApplicationThing(given: Given): Thing {
  const { graph, wish } = given
  const object = `enterprise application ${wish.name}`

  async function find(known: Known): Promise<ServicePrincipal | undefined> {
    if (!known.application) return undefined
    const path = `/servicePrincipals(appId='${known.application.appId}')`
    const found = await graph.find<ServicePrincipal>(`${path}?$select=id,appRoleAssignmentRequired,accountEnabled`)
    if (found?.id) known.servicePrincipal = found.id
    return found
  }

  /** A registration that was made a moment ago is not known at once to the part of Entra that makes its principal. */
  const create = (known: Known) =>
    whenReady(
      given,
      ({ code }) => code === 'NoBackingApplicationObject',
      () =>
        graph.create<ServicePrincipal>({
          path: '/servicePrincipals',
          body: { appId: known.application?.appId, appRoleAssignmentRequired: true, tags },
          find: () => find(known),
          isUnique: true,
        }),
    )

  return {
    object,
    async read(known) {
      const found = await find(known)
      return (
        found && {
          assignmentRequired: found.appRoleAssignmentRequired === true,
          enabled: found.accountEnabled !== false,
        }
      )
    },
    after: (_known, before) => ({ assignmentRequired: true, enabled: (before as View | undefined)?.enabled ?? true }),
    async write(known, before) {
      const found = await find(known)
      if (before === undefined && !found) await create(known)
      else await graph.patch(`/servicePrincipals/${known.servicePrincipal}`, { appRoleAssignmentRequired: true })
    },
    leaves: (_known, before) =>
      (before as View).enabled ? [] : [`the ${object} is disabled: nobody can sign in until somebody enables it`],
  }
}
